import { emptyAddress, type Address } from "#domain/address.ts";

/** Invented people in real towns: names in many scripts, addresses as their post wants them, phone numbers that nobody has where a country keeps such. */
export interface Buyer {
  id: string;
  address: Address;
}

const buyer = (id: number, address: Partial<Address>): Buyer => ({
  id: `cus_${String(id).padStart(6, "0")}`,
  address: { ...emptyAddress, email: `buyer${id}@example.com`, ...address },
});

export const buyers: readonly Buyer[] = [
  buyer(101, { name: "Greta Lindqvist", line1: "Storgatan 14", line2: "lgh 1203", city: "Göteborg", postcode: "411 24", country: "SE", phone: "+46 31 390 06 12" }),
  buyer(102, { name: "Jürgen Weiß", company: "Weiß & Söhne GmbH", line1: "Königstraße 27", city: "Stuttgart", postcode: "70173", country: "DE", phone: "+49 711 2345678" }),
  buyer(103, { name: "Zoë O'Connor", line1: "Flat 3, 18 Harbour Street", city: "Whitstable", region: "Kent", postcode: "CT5 1AJ", country: "GB", phone: "+44 20 7946 0018" }),
  buyer(104, { name: "François Lefèvre", line1: "12 bis rue des Écoles", city: "Lyon", postcode: "69003", country: "FR", phone: "+33 1 99 00 12 34" }),
  buyer(105, { name: "山田 花子", line1: "神南1丁目19-11", line2: "パークハイツ 402", city: "渋谷区", region: "東京都", postcode: "150-0041", country: "JP", phone: "+81 3 4567 8901" }),
  buyer(106, { name: "김서연", line1: "세종대로 110", line2: "1204호", city: "중구", region: "서울특별시", postcode: "04524", country: "KR", phone: "+82 2 312 3456" }),
  buyer(107, { name: "Μαρία Παπαδοπούλου", line1: "Ερμού 45", city: "Αθήνα", postcode: "105 63", country: "GR", phone: "+30 21 2345 6789" }),
  buyer(108, { name: "Ольга Іваненко", line1: "вул. Хрещатик 22, кв. 8", city: "Київ", postcode: "01001", country: "UA", phone: "+380 44 234 5678" }),
  buyer(109, { name: "محمد الهاشمي", line1: "شارع الشيخ زايد 301", line2: "برج 2، شقة 1805", city: "دبي", region: "دبي", country: "AE", phone: "+971 4 234 5678" }),
  buyer(110, { name: "נועה כהן", line1: "רוטשילד 45", city: "תל אביב-יפו", postcode: "6578403", country: "IL", phone: "+972 3 512 3456" }),
  buyer(111, { name: "Priya Nair", line1: "14/2 MG Road", line2: "Near Trinity Circle", city: "Bengaluru", region: "Karnataka", postcode: "560001", country: "IN", phone: "+91 80 2345 6789" }),
  buyer(112, { name: "陳怡君", line1: "信義路五段7號", line2: "12樓", city: "信義區", region: "臺北市", postcode: "110615", country: "TW", phone: "+886 2 2345 6789" }),
  buyer(113, { name: "สมชาย ใจดี", line1: "88/12 ถนนสุขุมวิท", city: "วัฒนา", region: "กรุงเทพมหานคร", postcode: "10110", country: "TH", phone: "+66 2 234 5678" }),
  buyer(114, { name: "Łukasz Wójcik", line1: "ul. Świętojańska 9/4", city: "Gdynia", postcode: "81-368", country: "PL", phone: "+48 58 234 56 78" }),
  buyer(115, { name: "María José Núñez", line1: "Calle del Arenal 8, 3º B", city: "Madrid", region: "Madrid", postcode: "28013", country: "ES", phone: "+34 91 234 56 78" }),
  buyer(116, { name: "João Gonçalves", line1: "Rua Augusta 154, 2.º Dto.", city: "Lisboa", postcode: "1100-053", country: "PT", phone: "+351 21 234 5678" }),
  buyer(117, { name: "Emily Carter", line1: "482 Alder Street", line2: "Apt 6", city: "Portland", region: "OR", postcode: "97205", country: "US", phone: "+1 503-555-0142" }),
  buyer(118, { name: "Dwayne Robinson", company: "Robinson Interiors LLC", line1: "1907 Peachtree Road NE", city: "Atlanta", region: "GA", postcode: "30309", country: "US", phone: "+1 404-555-0117" }),
  buyer(119, { name: "Marie-Ève Tremblay", line1: "3620 rue Saint-Denis", city: "Montréal", region: "QC", postcode: "H2X 3L8", country: "CA", phone: "+1 514-555-0163" }),
  buyer(120, { name: "Siobhán Ní Bhriain", line1: "7 Quay Street", city: "Galway", region: "County Galway", postcode: "H91 YP2C", country: "IE", phone: "+353 91 234 567" }),
  buyer(121, { name: "Pieter van den Berg", line1: "Prinsengracht 263-A", city: "Amsterdam", postcode: "1016 GV", country: "NL", phone: "+31 20 234 5678" }),
  buyer(122, { name: "Chloe Nguyễn", line1: "21 Swanston Street", city: "Melbourne", region: "VIC", postcode: "3000", country: "AU", phone: "+61 3 5550 1234" }),
  buyer(123, { name: "Giulia D'Angelo", line1: "Via Garibaldi 31", city: "Torino", region: "TO", postcode: "10122", country: "IT", phone: "+39 011 234 5678" }),
  buyer(124, { name: "Aoife & Tom Müller-Kelly", line1: "Bahnhofstrasse 55", city: "Zürich", postcode: "8001", country: "CH", phone: "+41 44 234 56 78" }),
  buyer(125, { name: "Jakub Dvořák", line1: "Vodičkova 12", city: "Praha 1", postcode: "110 00", country: "CZ", phone: "+420 234 567 890" }),
  buyer(126, { name: "Ingrid Østergaard", line1: "Nyhavn 31, 2. th.", city: "København K", postcode: "1051", country: "DK", phone: "+45 32 12 34 56" }),
];
