/** What a helper of a crew runs. */
import { workerData } from 'node:worker_threads'
import { joinCrew, type ChunkWork, type CrewPlace } from './crew.js'

const place = workerData as CrewPlace
const functions = await import(place.work.module) as Readonly<Record<string, (settings: unknown, thread: number) => ChunkWork>>
joinCrew(functions[place.work.name]!(place.work.settings, place.thread), place)
