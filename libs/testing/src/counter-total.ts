const SAMPLE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Adds up a Prometheus counter over several processes and over all label values that were not asked for. */
export async function counterTotal(
  metricsUrls: readonly string[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const pages = await Promise.all(metricsUrls.map(async (url) => (await fetch(url)).text()));
  let total = 0;
  for (const line of pages.flatMap((page) => page.split('\n'))) {
    const sample = SAMPLE.exec(line)?.groups;
    if (sample?.['name'] !== name) continue;
    const found = new Map(
      [...(sample['labels'] ?? '').matchAll(LABEL)].map(([, label, value]) => [label, value]),
    );
    if (Object.entries(labels).every(([label, value]) => found.get(label) === value))
      total += Number(sample['value']);
  }
  return total;
}
