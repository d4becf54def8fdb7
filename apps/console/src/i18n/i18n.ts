import type { Locale } from 'antd/es/locale';
import { createInstance } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Dictionary } from './en';

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Dictionary };
  }
}

const STORAGE_KEY = 'clearbid.language';

/** One language is loaded at a time; the other when it is asked for. */
const bundles: Record<Language, () => Promise<{ dictionary: Dictionary; antdLocale: Locale }>> = {
  en: () => import('./bundle-en'),
  zh: () => import('./bundle-zh'),
};

const i18n = createInstance();
const antdLocales = new Map<Language, Locale>();

function preferred(): Language {
  const stored = localStorage.getItem(STORAGE_KEY);
  const remembered = languages.find((language) => language === stored);
  const asked = navigator.languages.map((tag) => tag.slice(0, 2));
  return (
    remembered ?? asked.map((tag) => languages.find((language) => language === tag)).find(Boolean) ?? 'en'
  );
}

async function load(language: Language): Promise<void> {
  if (antdLocales.has(language)) return;
  const { dictionary, antdLocale } = await bundles[language]();
  i18n.addResourceBundle(language, 'translation', dictionary);
  antdLocales.set(language, antdLocale);
}

export async function startI18n(): Promise<void> {
  await i18n.use(initReactI18next).init({
    lng: preferred(),
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await showLanguage(preferred());
}

/** Switches the language and remembers it for the next visit. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORAGE_KEY, language);
  await showLanguage(language);
}

async function showLanguage(language: Language): Promise<void> {
  await load(language);
  await i18n.changeLanguage(language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

export function languageOf(tag: string): Language {
  return tag.startsWith('zh') ? 'zh' : 'en';
}

export function antdLocaleOf(language: Language): Locale {
  const locale = antdLocales.get(language);
  if (locale === undefined) throw new Error(`The language ${language} is not loaded`);
  return locale;
}
