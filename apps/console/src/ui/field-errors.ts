import { useState } from 'react';
import { ApiProblem } from '../api/problem';
import { useFieldText } from '../i18n/problem-text';

type Messages<Name extends string> = Partial<Record<Name, string | undefined>>;

interface FieldErrors<Name extends string> {
  readonly of: (name: Name) => string | undefined;
  /** Whether any field has something to say. */
  readonly any: boolean;
  /** Shows what the form itself found; true when that is nothing. */
  readonly check: (messages: Messages<Name>) => boolean;
  /** A field that is being corrected is not accused any more. */
  readonly forget: (...names: Name[]) => void;
}

/** What is wrong with each field of a form: found here before sending, or told by the API afterwards. */
export function useFieldErrors<Name extends string>(error: unknown): FieldErrors<Name> {
  const textOf = useFieldText();
  const [own, setOwn] = useState<Messages<Name>>({});
  const [corrected, setCorrected] = useState<{ readonly of: unknown; readonly names: readonly Name[] }>();
  const told = error instanceof ApiProblem ? error.fields : [];
  const isCorrected = (name: string): boolean =>
    corrected !== undefined && corrected.of === error && corrected.names.includes(name as Name);

  const of = (name: Name): string | undefined => {
    if (own[name] !== undefined) return own[name];
    const problem = told.find(({ field }) => field === name);
    return problem && !isCorrected(name) ? textOf(problem) : undefined;
  };

  return {
    of,
    any: Object.values(own).some(Boolean) || told.some(({ field }) => !isCorrected(field)),
    check: (messages) => {
      setOwn(messages);
      return Object.values(messages).every((message) => message === undefined);
    },
    forget: (...names) => {
      setOwn(
        Object.fromEntries(
          Object.entries(own).filter(([name]) => !names.includes(name as Name)),
        ) as Messages<Name>,
      );
      setCorrected({
        of: error,
        names: [...(corrected?.of === error ? (corrected?.names ?? []) : []), ...names],
      });
    },
  };
}
