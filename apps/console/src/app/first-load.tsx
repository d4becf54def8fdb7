import { BrandMark } from '../ui/brand';
import styles from './full-page.module.css';

/** While the code of the first page is on its way. */
export function FirstLoad() {
  return (
    <div className={styles.page}>
      <span className={styles.waiting}>
        <BrandMark size={44} />
      </span>
    </div>
  );
}
