import { useSyncExternalStore } from 'react';

export const themePreferences = ['system', 'light', 'dark'] as const;
export type ThemePreference = (typeof themePreferences)[number];

const STORAGE_KEY = 'clearbid.theme';
const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let preference = read();

function read(): ThemePreference {
  const stored = localStorage.getItem(STORAGE_KEY);
  return themePreferences.find((option) => option === stored) ?? 'system';
}

function notify(): void {
  for (const listener of listeners) listener();
}

systemDark.addEventListener('change', notify);
window.addEventListener('storage', () => {
  preference = read();
  notify();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setThemePreference(next: ThemePreference): void {
  preference = next;
  localStorage.setItem(STORAGE_KEY, next);
  notify();
}

export function useThemePreference(): ThemePreference {
  return useSyncExternalStore(subscribe, () => preference);
}

export function useIsDark(): boolean {
  return useSyncExternalStore(subscribe, () =>
    preference === 'system' ? systemDark.matches : preference === 'dark',
  );
}
