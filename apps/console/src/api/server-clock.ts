let offsetMs = 0;

/** Learns from a response how far this device's clock is off; HTTP dates are good to a second. */
export function observeServerClock(response: Response): void {
  const sentAt = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(sentAt)) return;
  const observed = sentAt - Date.now();
  // A second of rounding and the way of the response are no news.
  if (Math.abs(observed - offsetMs) > 2_000) offsetMs = observed;
}

/** The server's time in milliseconds: a countdown by a wrong clock would lie. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}
