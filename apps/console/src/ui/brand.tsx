import styles from './brand.module.css';

export function BrandMark({ size = 30 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="#0b6b56" />
      <path
        d="M21.4 20.9a7.6 7.6 0 1 1 0-9.8"
        fill="none"
        stroke="#f3fbf7"
        strokeWidth="3.1"
        strokeLinecap="round"
      />
      <circle cx="21.9" cy="16" r="2.15" fill="#e6cf94" />
    </svg>
  );
}

export function Brand() {
  return (
    <span className={styles.brand}>
      <BrandMark />
      <span>Clearbid</span>
    </span>
  );
}
