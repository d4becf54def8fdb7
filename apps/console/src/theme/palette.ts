/**
 * Jade ink on cool paper, a little gold, and the vermilion of a seal for what is stamped or refused. Every text
 * colour keeps a contrast of at least 4.5 on the grounds that it stands on.
 */
export interface Palette {
  readonly page: string;
  readonly surface: string;
  /** What floats above a surface, and what is chosen among several. */
  readonly raised: string;
  readonly sunken: string;
  readonly line: string;
  readonly ink: string;
  readonly inkSoft: string;
  readonly inkFaint: string;
  readonly jade: string;
  readonly jadeHover: string;
  readonly jadeActive: string;
  readonly jadeTint: string;
  readonly onJade: string;
  readonly seal: string;
  readonly sealTint: string;
  readonly amber: string;
  readonly amberTint: string;
  readonly heroFrom: string;
  readonly heroTo: string;
  readonly shadow: string;
}

export const light: Palette = {
  page: '#f3f5f1',
  surface: '#ffffff',
  raised: '#ffffff',
  sunken: '#ebefe9',
  line: '#dce3dc',
  ink: '#11211c',
  inkSoft: '#475a52',
  inkFaint: '#5f7169',
  jade: '#0b6b56',
  jadeHover: '#0d7e65',
  jadeActive: '#085343',
  jadeTint: '#e0f0ea',
  onJade: '#ffffff',
  seal: '#b8331b',
  sealTint: '#fbe9e4',
  amber: '#8a5200',
  amberTint: '#fbefd9',
  heroFrom: '#0a3a31',
  heroTo: '#0d5c4b',
  shadow: '0 1px 2px rgb(17 33 28 / 0.05), 0 12px 32px -16px rgb(17 33 28 / 0.18)',
};

export const dark: Palette = {
  page: '#0b100e',
  surface: '#131a17',
  raised: '#212c27',
  sunken: '#1a231f',
  line: '#28342e',
  ink: '#e7efea',
  inkSoft: '#aebcb5',
  inkFaint: '#8c9c94',
  jade: '#4cc9a4',
  jadeHover: '#66d6b4',
  jadeActive: '#38b18d',
  jadeTint: '#14302a',
  onJade: '#04211a',
  seal: '#ff8468',
  sealTint: '#3a1d17',
  amber: '#f0bd6a',
  amberTint: '#33280f',
  heroFrom: '#082a24',
  heroTo: '#0c4a3d',
  shadow: '0 1px 2px rgb(0 0 0 / 0.4), 0 12px 32px -16px rgb(0 0 0 / 0.6)',
};

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The palette as custom properties of the document: `inkSoft` is `--ink-soft`. */
export function applyPalette(palette: Palette): void {
  for (const [name, value] of Object.entries(palette)) {
    document.documentElement.style.setProperty(`--${kebab(name)}`, value as string);
  }
}
