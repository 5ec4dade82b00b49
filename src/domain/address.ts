/** Where a parcel goes. All texts as the channel gave them (NFC, trimmed); "" where absent. Personal data: never in events, decisions or logs. */
export interface Address {
  name: string;
  company: string;
  line1: string;
  line2: string;
  city: string;
  /** State, province, county: code or name as given. */
  region: string;
  postcode: string;
  /** ISO 3166-1 alpha-2, upper case; "" where unknown. */
  country: string;
  phone: string;
  email: string;
}

export const emptyAddress: Address = {
  name: "",
  company: "",
  line1: "",
  line2: "",
  city: "",
  region: "",
  postcode: "",
  country: "",
  phone: "",
  email: "",
};

export const addressFields = Object.keys(emptyAddress) as (keyof Address)[];
