import { useId, type ReactNode } from 'react';
import styles from './field.module.css';

/** What ties a control to its label, help and error; spread it over the control. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
  readonly status: '' | 'error';
}

interface FieldProps {
  readonly label: string;
  readonly help?: string;
  readonly error: string | undefined;
  readonly children: (control: ControlProps) => ReactNode;
}

export function Field({ label, help, error, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? help;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': note === undefined ? undefined : noteId,
        'aria-invalid': error !== undefined,
        status: error === undefined ? '' : 'error',
      })}
      {note !== undefined && (
        <p id={noteId} className={error === undefined ? styles.help : styles.error} role={error && 'alert'}>
          {note}
        </p>
      )}
    </div>
  );
}
