import { useCallback, useRef, useState, type ReactNode } from 'react';
import { StepUpDialog } from './step-up-dialog';
import { keptHeader, StepUpDeclined, wantsPassword, type StepUpHeader } from './step-up-tokens';

interface StepUp {
  /** Stands somewhere on the page; empty while nobody has to show anything. */
  readonly dialog: ReactNode;
  /**
   * Makes a request that may want the password. If it does, asks for it and makes the same request again.
   * @throws StepUpDeclined when the dialog is closed
   */
  readonly withPassword: <T>(request: (header: StepUpHeader) => Promise<T>) => Promise<T>;
}

interface Waiting {
  readonly shown: () => void;
  readonly declined: () => void;
}

export function useStepUp(): StepUp {
  const [isOpen, setOpen] = useState(false);
  const waiting = useRef<Waiting | null>(null);
  const settle = (how: keyof Waiting): void => {
    setOpen(false);
    waiting.current?.[how]();
    waiting.current = null;
  };
  const withPassword = useCallback(async <T,>(request: (header: StepUpHeader) => Promise<T>): Promise<T> => {
    try {
      return await request(keptHeader());
    } catch (error) {
      if (!wantsPassword(error)) throw error;
    }
    await new Promise<void>((resolve, reject) => {
      waiting.current = { shown: resolve, declined: () => reject(new StepUpDeclined('Not now')) };
      setOpen(true);
    });
    return request(keptHeader());
  }, []);
  const dialog = isOpen && (
    <StepUpDialog onShown={() => settle('shown')} onClose={() => settle('declined')} />
  );
  return { dialog, withPassword };
}
