export interface LogLine {
  /** The process that wrote it: `payment-1`. */
  readonly process: string;
  readonly text: string;
  /** `info`, `warn` …; empty for a line that is no JSON. */
  readonly level: string;
  /** Everything of the line; empty for one that is no JSON. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The newest lines kept of one process: a load test writes many. */
const MAX_LINES = 50_000;

/** What the processes of a stack have written. */
export class ProcessLogs {
  private readonly byProcess = new Map<string, string[]>();

  take(process: string, text: string): void {
    const lines = this.byProcess.get(process) ?? [];
    if (lines.length === 0) this.byProcess.set(process, lines);
    lines.push(text);
    if (lines.length > MAX_LINES) lines.splice(0, MAX_LINES / 2);
  }

  /** @param name of a process (`payment-1`) or of a service, for all of its processes (`payment`) */
  of(name: string): LogLine[] {
    return [...this.byProcess]
      .filter(([process]) => process === name || process.startsWith(`${name}-`))
      .flatMap(([process, lines]) => lines.map((text) => lineOf(process, text)));
  }

  /** Of all processes. */
  all(): LogLine[] {
    return [...this.byProcess.keys()].flatMap((process) =>
      this.of(process).filter((line) => line.process === process),
    );
  }

  /** What a healthy run has none of, in words, for a test to show. */
  errors(): string[] {
    return this.all()
      .filter(({ level }) => level === 'error' || level === 'fatal')
      .map(({ process, text }) => `${process}: ${text}`);
  }
}

function lineOf(process: string, text: string): LogLine {
  try {
    const fields = JSON.parse(text) as Record<string, unknown>;
    return { process, text, fields, level: typeof fields['level'] === 'string' ? fields['level'] : '' };
  } catch {
    return { process, text, fields: {}, level: '' };
  }
}
