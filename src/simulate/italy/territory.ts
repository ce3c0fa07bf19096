/**
 * The map of the synthetic survey: the 107 Italian provinces in force in 2005-2008, their regions, coordinates of the chief town
 * rounded to hundredths of a degree, and a few local labour areas each. Names, codes and places are facts; which areas carry
 * the district flag and how many firms sit where (`weight`) are chosen to give the survey the shape of the published one.
 *
 * `NA` is Napoli: a province code that careless readers take for a missing value.
 */

export interface LabourArea {
  /** Four digits, unique. */
  readonly code: string
  readonly name: string
  readonly province: string
  /** The sector whose industrial district the area is, if any. */
  readonly district: 'clothing' | 'footwear' | null
  /** Relative number of firms. */
  readonly weight: number
}

export interface Province {
  readonly code: string
  readonly name: string
  readonly region: string
  readonly latitude: number
  readonly longitude: number
  /** Relative number of firms outside districts. */
  readonly weight: number
  readonly areas: readonly LabourArea[]
}

/**
 * A line a province under its region: code, name, latitude, longitude, weight, labour areas. `c` or `f` and a number after a
 * colon mark a clothing or footwear district and its weight among the districts of its sector.
 */
const map = `
= Piemonte
AL|Alessandria|44.91|8.61|4|Alessandria,Casale Monferrato,Valenza
AT|Asti|44.90|8.21|2|Asti,Nizza Monferrato
BI|Biella|45.57|8.05|4|Biella:c4,Cossato
CN|Cuneo|44.39|7.55|4|Cuneo,Mondovì,Carrù
NO|Novara|45.45|8.62|4|Novara:c2,Borgomanero
TO|Torino|45.07|7.69|5|Torino,Ivrea,Pinerolo
VB|Verbano-Cusio-Ossola|45.92|8.55|1|Verbania,Omegna
VC|Vercelli|45.33|8.42|2|Vercelli,Borgosesia:c1
= Valle d'Aosta/Vallée d'Aoste
AO|Aosta/Aoste|45.74|7.32|1|Aosta
= Lombardia
BG|Bergamo|45.70|9.67|5|Bergamo,Albino:c3,Clusone
BS|Brescia|45.54|10.22|5|Brescia,Palazzolo sull'Oglio:c2,Chiari
CO|Como|45.81|9.08|4|Como:c4,Cantù
CR|Cremona|45.13|10.02|3|Cremona,Crema
LC|Lecco|45.86|9.40|3|Lecco,Merate
LO|Lodi|45.31|9.50|1|Lodi
MN|Mantova|45.16|10.79|5|Mantova,Castel Goffredo:c5,Asola
MI|Milano|45.46|9.19|5|Milano,Legnano:c3,Parabiago:f4
PV|Pavia|45.19|9.16|4|Pavia,Vigevano:f6,Stradella
SO|Sondrio|46.17|9.87|1|Sondrio,Morbegno
VA|Varese|45.82|8.83|4|Varese,Busto Arsizio:c4,Gallarate
= Trentino-Alto Adige/Südtirol
BZ|Bolzano/Bozen|46.50|11.35|2|Bolzano/Bozen,Merano/Meran
TN|Trento|46.07|11.12|3|Trento,Rovereto
= Veneto
BL|Belluno|46.14|12.22|2|Belluno,Feltre
PD|Padova|45.41|11.88|5|Padova,Este:c2,Cittadella
RO|Rovigo|45.07|11.79|4|Rovigo,Adria:c4
TV|Treviso|45.67|12.24|4|Treviso,Montebelluna:f8,Castelfranco Veneto:c4
VE|Venezia|45.44|12.33|5|Venezia,Mira:f8,San Donà di Piave
VR|Verona|45.44|10.99|4|Verona:f6,Legnago,Bovolone
VI|Vicenza|45.55|11.54|4|Vicenza,Thiene:c5,Valdagno:c3
= Friuli-Venezia Giulia
GO|Gorizia|45.94|13.62|1|Gorizia
PN|Pordenone|45.96|12.66|2|Pordenone,Maniago
TS|Trieste|45.65|13.77|1|Trieste
UD|Udine|46.06|13.24|4|Udine,Cividale del Friuli
= Liguria
GE|Genova|44.41|8.93|3|Genova,Chiavari
IM|Imperia|43.89|8.03|1|Imperia
SP|La Spezia|44.10|9.82|1|La Spezia
SV|Savona|44.31|8.48|1|Savona
= Emilia-Romagna
BO|Bologna|44.49|11.34|5|Bologna,Imola
FE|Ferrara|44.84|11.62|4|Ferrara,Cento
FC|Forlì-Cesena|44.22|12.04|5|Forlì,San Mauro Pascoli:f6
MO|Modena|44.65|10.93|3|Modena,Carpi:c7,Mirandola
PR|Parma|44.80|10.33|3|Parma,Fidenza
PC|Piacenza|45.05|9.70|2|Piacenza
RA|Ravenna|44.42|12.20|3|Ravenna,Fusignano:f4
RE|Reggio nell'Emilia|44.70|10.63|4|Reggio nell'Emilia,Correggio:c3
RN|Rimini|44.06|12.57|4|Rimini,Cattolica
= Toscana
AR|Arezzo|43.46|11.88|4|Arezzo,Sansepolcro:c3
FI|Firenze|43.77|11.26|4|Firenze,Empoli:c6,Santa Croce sull'Arno:f5
GR|Grosseto|42.76|11.11|1|Grosseto
LI|Livorno|43.55|10.31|1|Livorno
LU|Lucca|43.84|10.50|4|Lucca:f3,Viareggio
MS|Massa-Carrara|44.04|10.14|1|Massa
PI|Pisa|43.72|10.40|4|Pisa,Pontedera
PT|Pistoia|43.93|10.92|5|Pistoia,Monsummano Terme:f6
PO|Prato|43.88|11.10|3|Prato:c9
SI|Siena|43.32|11.33|2|Siena,Poggibonsi
= Umbria
PG|Perugia|43.11|12.39|4|Perugia:c4,Città di Castello,Foligno
TR|Terni|42.56|12.64|1|Terni
= Marche
AN|Ancona|43.62|13.51|5|Ancona,Senigallia:c4,Jesi
AP|Ascoli Piceno|42.85|13.58|2|Ascoli Piceno,Fermo:f7,Montegranaro:f4
MC|Macerata|43.30|13.45|4|Macerata,Civitanova Marche:f8,Recanati
PU|Pesaro e Urbino|43.91|12.91|5|Pesaro,Urbania:c4
= Lazio
FR|Frosinone|41.64|13.34|3|Frosinone,Sora
LT|Latina|41.47|12.90|2|Latina
RI|Rieti|42.40|12.86|1|Rieti
RM|Roma|41.90|12.50|5|Roma,Civitavecchia
VT|Viterbo|42.42|12.10|1|Viterbo
= Abruzzo
AQ|L'Aquila|42.35|13.40|1|L'Aquila,Sulmona
CH|Chieti|42.35|14.17|3|Chieti,Guardiagrele:c2
PE|Pescara|42.46|14.21|4|Pescara,Penne:c2
TE|Teramo|42.66|13.70|5|Teramo,Giulianova:c5
= Molise
CB|Campobasso|41.56|14.66|1|Campobasso
IS|Isernia|41.59|14.23|1|Isernia
= Campania
AV|Avellino|40.91|14.79|3|Avellino,Solofra:f3
BN|Benevento|41.13|14.78|2|Benevento,San Marco dei Cavoti:c2
CE|Caserta|41.07|14.33|5|Caserta,Aversa:f5
NA|Napoli|40.85|14.27|4|Napoli:f6,San Giuseppe Vesuviano:c6,Nola
SA|Salerno|40.68|14.77|4|Salerno,Nocera Inferiore
= Puglia
BA|Bari|41.13|16.87|4|Bari,Barletta:f8,Putignano:c4
BR|Brindisi|40.64|17.94|2|Brindisi
FG|Foggia|41.46|15.55|2|Foggia
LE|Lecce|40.35|18.17|5|Lecce,Nardò,Casarano:f8
TA|Taranto|40.47|17.23|4|Taranto,Martina Franca:c4
= Basilicata
MT|Matera|40.67|16.60|1|Matera
PZ|Potenza|40.64|15.80|1|Potenza,Lavello:c1
= Calabria
CZ|Catanzaro|38.91|16.59|1|Catanzaro
CS|Cosenza|39.30|16.25|1|Cosenza,Corigliano Calabro
KR|Crotone|39.08|17.13|1|Crotone
RC|Reggio di Calabria|38.11|15.65|1|Reggio di Calabria
VV|Vibo Valentia|38.68|16.10|1|Vibo Valentia
= Sicilia
AG|Agrigento|37.31|13.58|1|Agrigento
CL|Caltanissetta|37.49|14.06|1|Caltanissetta
CT|Catania|37.50|15.09|3|Catania,Bronte:c2
EN|Enna|37.57|14.28|1|Enna
ME|Messina|38.19|15.55|2|Messina,Brolo:c1
PA|Palermo|38.12|13.36|2|Palermo,Cefalù
RG|Ragusa|36.93|14.72|1|Ragusa
SR|Siracusa|37.08|15.29|1|Siracusa
TP|Trapani|38.02|12.51|1|Trapani
= Sardegna
CA|Cagliari|39.22|9.12|1|Cagliari
CI|Carbonia-Iglesias|39.17|8.52|1|Carbonia
VS|Medio Campidano|39.56|8.90|1|Sanluri
NU|Nuoro|40.32|9.33|1|Nuoro
OG|Ogliastra|39.93|9.66|1|Lanusei
OT|Olbia-Tempio|40.92|9.50|1|Olbia
OR|Oristano|39.90|8.59|1|Oristano
SS|Sassari|40.73|8.56|1|Sassari
`

/** The 107 provinces by region from north to south, with 1 to 3 labour areas each. */
export const provinces: readonly Province[] = readProvinces()

/** Every labour area, in province order. */
export const labourAreas: readonly LabourArea[] = provinces.flatMap((province) => province.areas)

/** The 20 regions, the territorial dummies of the outcome equation. */
export const regionNames: readonly string[] = [...new Set(provinces.map((province) => province.region))]

function readProvinces(): Province[] {
  const read: Province[] = []
  let region = ''
  for (const line of map.trim().split('\n')) {
    if (line.startsWith('= ')) region = line.slice(2)
    else read.push(readProvince(line, region, read.length + 1))
  }
  return read
}

function readProvince(line: string, region: string, number: number): Province {
  const [code, name, latitude, longitude, weight, places] = line.split('|')
  return {
    code: code!,
    name: name!,
    region,
    latitude: Number(latitude),
    longitude: Number(longitude),
    weight: Number(weight),
    areas: readAreas(places!.split(','), code!, 10 * number, Number(weight)),
  }
}

/** Areas without a district share the province's weight evenly. */
function readAreas(places: readonly string[], province: string, firstCode: number, weight: number): LabourArea[] {
  const ordinary = places.filter((place) => !place.includes(':')).length
  return places.map((place, position) => {
    const [name, mark] = place.split(':')
    const code = String(firstCode + position).padStart(4, '0')
    if (mark === undefined) return { code, name: name!, province, district: null, weight: weight / ordinary }
    return { code, name: name!, province, district: mark.startsWith('c') ? 'clothing' : 'footwear', weight: Number(mark.slice(1)) }
  })
}
