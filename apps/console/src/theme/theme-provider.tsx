import { App, ConfigProvider } from 'antd';
import type { Locale } from 'antd/es/locale';
import { useLayoutEffect, useMemo, type ReactNode } from 'react';
import { antdTheme } from './antd-theme';
import { applyPalette, dark, light } from './palette';
import { useIsDark } from './theme-preference';

export function ThemeProvider({ locale, children }: { locale: Locale; children: ReactNode }) {
  const isDark = useIsDark();
  const palette = isDark ? dark : light;
  const theme = useMemo(() => antdTheme(palette, isDark), [palette, isDark]);
  useLayoutEffect(() => {
    applyPalette(palette);
    document.documentElement.style.colorScheme = isDark ? 'dark' : 'light';
  }, [palette, isDark]);
  return (
    <ConfigProvider theme={theme} locale={locale} button={{ autoInsertSpace: false }}>
      <App component={false} message={{ maxCount: 3 }}>
        {children}
      </App>
    </ConfigProvider>
  );
}
