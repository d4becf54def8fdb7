import { Segmented } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, languageOf, languages, type Language } from '../i18n/i18n';
import {
  setThemePreference,
  themePreferences,
  useThemePreference,
  type ThemePreference,
} from '../theme/theme-preference';
import styles from './preferences.module.css';

export function LanguageChoice() {
  const { t, i18n } = useTranslation();
  const label = useId();
  return (
    <div className={styles.choice}>
      <span id={label}>{t('languages.label')}</span>
      <Segmented<Language>
        aria-labelledby={label}
        size="small"
        value={languageOf(i18n.language)}
        onChange={(language) => void chooseLanguage(language)}
        options={languages.map((value) => ({ value, label: t(`languages.${value}`) }))}
      />
    </div>
  );
}

export function ThemeChoice() {
  const { t } = useTranslation();
  const label = useId();
  return (
    <div className={styles.choice}>
      <span id={label}>{t('themes.label')}</span>
      <Segmented<ThemePreference>
        aria-labelledby={label}
        size="small"
        value={useThemePreference()}
        onChange={setThemePreference}
        options={themePreferences.map((value) => ({ value, label: t(`themes.${value}`) }))}
      />
    </div>
  );
}
