import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./texts/en.ts";

/** Every text of the dashboard is in one catalogue, `texts/`; a language is a file of the same shape. */
declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}

void i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false }, // React escapes
});
