import { theme, type ThemeConfig } from 'antd';
import type { Palette } from './palette';

export const FONT_FAMILY =
  "'Instrument Sans Variable', 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', system-ui, sans-serif";

/** antd's controls in our colours and shapes. */
export function antdTheme(palette: Palette, isDark: boolean): ThemeConfig {
  return {
    algorithm: isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    cssVar: { key: 'clearbid' },
    hashed: false,
    token: {
      fontFamily: FONT_FAMILY,
      fontSize: 15,
      colorPrimary: palette.jade,
      colorPrimaryHover: palette.jadeHover,
      colorPrimaryActive: palette.jadeActive,
      colorLink: palette.jade,
      colorLinkHover: palette.jadeHover,
      colorLinkActive: palette.jadeActive,
      colorSuccess: palette.jade,
      colorError: palette.seal,
      colorWarning: palette.amber,
      colorInfo: palette.jade,
      colorSuccessBg: palette.jadeTint,
      colorSuccessBorder: palette.line,
      colorInfoBg: palette.jadeTint,
      colorInfoBorder: palette.line,
      colorWarningBg: palette.amberTint,
      colorWarningBorder: palette.amberTint,
      colorErrorBg: palette.sealTint,
      colorErrorBorder: palette.sealTint,
      colorText: palette.ink,
      colorTextSecondary: palette.inkSoft,
      colorTextTertiary: palette.inkFaint,
      colorTextPlaceholder: palette.inkFaint,
      colorTextDescription: palette.inkFaint,
      colorBgBase: palette.surface,
      colorBgLayout: palette.page,
      colorBgContainer: palette.surface,
      colorBgElevated: palette.raised,
      colorBorder: palette.line,
      colorBorderSecondary: palette.line,
      borderRadius: 10,
      borderRadiusLG: 14,
      borderRadiusSM: 8,
      controlHeight: 40,
      controlHeightLG: 50,
      controlHeightSM: 32,
      motionDurationMid: '0.16s',
      motionDurationSlow: '0.22s',
      wireframe: false,
    },
    components: {
      Button: {
        fontWeight: 600,
        primaryColor: palette.onJade,
        primaryShadow: 'none',
        defaultShadow: 'none',
        dangerShadow: 'none',
        contentFontSizeLG: 16,
      },
      Form: { labelColor: palette.inkSoft, verticalLabelPadding: '0 0 6px', itemMarginBottom: 20 },
      Input: { activeShadow: `0 0 0 3px ${palette.jadeTint}` },
      Segmented: {
        trackBg: palette.sunken,
        itemSelectedBg: palette.raised,
        itemSelectedColor: palette.ink,
        itemColor: palette.inkSoft,
        trackPadding: 3,
      },
      Alert: { withDescriptionPadding: '14px 16px' },
    },
  };
}
