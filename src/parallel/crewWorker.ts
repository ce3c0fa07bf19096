/** What a helper of a crew runs. */
import { workerData } from 'node:worker_threads'
import { joinCrew, type ChunkWork, type CrewPlace } from './crew.js'

const place = workerData as CrewPlace
const functions = await import(place.plan.module) as Readonly<Record<string, (settings: unknown, thread: number) => ChunkWork>>
joinCrew(functions[place.plan.name]!, place)
