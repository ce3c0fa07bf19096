/** Words for invented factories: stems, activities, legal forms and places of a few countries, in their own spelling. */

export interface CountryWords {
  /** As the lists of one style spell it, and those of the other. */
  readonly spellings: readonly [string, string]
  readonly region: string
  readonly stems: readonly string[]
  readonly ends: readonly string[]
  readonly activities: readonly string[]
  /** Spellings of the legal form, `*` for the rest of the name. */
  readonly forms: readonly string[]
  readonly streets: readonly string[]
  /** City and state. */
  readonly cities: readonly (readonly [string, string])[]
}

export const countries: readonly CountryWords[] = [
  {
    spellings: ['Viet Nam', 'Vietnam'], region: 'SE ASIA',
    stems: ['Đại', 'Phước', 'Thịnh', 'Hoàng', 'Kim', 'Tân', 'Việt', 'Minh', 'Sông', 'Bình', 'Lộc', 'Trường'],
    ends: [' Phát', ' Hưng', ' Long', ' Thành', ' Lợi', ' Quang', ' An'],
    activities: ['Garment', 'Footwear', 'Textile', 'Embroidery'],
    forms: ['* Co., Ltd', '* CO.,LTD', '* Company Limited', '* Joint Stock Company', '* JSC'],
    streets: ['Road No 4, Song Than Industrial Zone', 'National Highway 1A', 'Nguyen Van Linh Street', 'Lot B7, Nhon Trach 3 IZ'],
    cities: [['Biên Hòa', 'Đồng Nai'], ['Thủ Dầu Một', 'Bình Dương'], ['Hồ Chí Minh City', 'Hồ Chí Minh'], ['Tân An', 'Long An']],
  },
  {
    spellings: ['China Mainland', 'China'], region: 'N ASIA',
    stems: ['Hua', 'Jin', 'Xin', 'Sheng', 'Tong', 'Rui', 'Fu', 'Chang', 'Ming', 'Zhong', 'Hai', 'Yong'],
    ends: ['feng', 'da', 'xing', 'li', 'yuan', 'tai', 'he', 'hong'],
    activities: ['Knitting', 'Apparel', 'Shoes', 'Printing and Dyeing'],
    forms: ['* Co., Ltd.', '* CO LTD', '* Limited', '* Co.,Ltd'],
    streets: ['Wusong Road', 'Economic Development Zone, Yongjiang Road', 'Taishan East Street', 'Second Industrial District, Houda Road'],
    cities: [['Ningbo', 'Zhejiang'], ['Dongguan', 'Guangdong'], ['Putian', 'Fujian'], ['Suzhou', 'Jiangsu']],
  },
  {
    spellings: ['INDONESIA', 'Indonesia'], region: 'SE ASIA',
    stems: ['Surya', 'Prima', 'Karya', 'Bintang', 'Mitra', 'Sinar', 'Cipta', 'Tirta'],
    ends: [' Jaya', ' Abadi', ' Makmur', ' Sejati', ' Lestari', ' Perkasa'],
    activities: ['Garmindo', 'Tekstil', 'Sepatu', 'Industri'],
    forms: ['PT *', 'PT. *', '* PT', 'P.T. * Tbk'],
    streets: ['Jl. Raya Serang KM 14', 'Jalan Raya Sukabumi KM 7', 'Jl Industri IV', 'Kawasan Industri Cikande, Jl. Modern'],
    cities: [['Tangerang', 'Banten'], ['Sukabumi', 'West Java'], ['Semarang', 'Central Java']],
  },
  {
    spellings: ['TURKEY', 'Turkey'], region: 'EMEA',
    stems: ['Gökçe', 'Işık', 'Şahin', 'Çınar', 'Öztürk', 'Güneş'], ends: ['ler', 'oğlu', ' Yıldız', ''],
    activities: ['Tekstil', 'Örme', 'Konfeksiyon'],
    forms: ['* A.Ş.', '* A S', '* San. ve Tic. Ltd. Şti.', '* Sanayi ve Ticaret A.Ş.'],
    streets: ['Organize Sanayi Bölgesi, 4. Cadde', 'Atatürk Caddesi', 'Havalimanı Yolu 2. KM'],
    cities: [['İzmir', 'İzmir'], ['Çorlu', 'Tekirdağ']],
  },
  {
    spellings: ['United States of America', 'USA'], region: 'AMERICAS',
    stems: ['Cascade', 'Harbor', 'Pioneer', 'Liberty', 'Summit', 'Delta'], ends: [' Ridge', ' Bay', ' Falls', ''],
    activities: ['Apparel', 'Hosiery', 'Sporting Goods', 'Screen Printing'],
    forms: ['*, Inc.', '* Inc', '* LLC', '* Corp.'],
    streets: ['NE Alderwood Rd', 'N Pacific Hwy, Suite 100', 'W Industrial Ave'],
    cities: [['Portland', 'Oregon'], ['Hildebran', 'North Carolina'], ['Winona', 'Missouri']],
  },
  {
    spellings: ['KOREA (REPUBLIC OF)', 'South Korea'], region: 'N ASIA',
    stems: ['Young', 'Dae', 'Woo', 'Sam', 'Han'], ends: [' Sun', ' Jin', ' Sung', ' Il'],
    activities: ['Textile', 'Chemical', 'Trading'],
    forms: ['* Co., Ltd.', '* CO LTD', '* Corporation'],
    streets: ['Songjeong-dong', 'Nakdong Street', 'Seongsu 2 Ro'],
    cities: [['Busan', 'Busan'], ['Seoul', 'Seoul']],
  },
]
