/** Where buyers reach this sandbox; with a port chosen by the system it is known only after listening. */
export class PublicAddress {
  private known: string | undefined;

  set url(url: string) {
    this.known = url;
  }

  get url(): string {
    if (this.known === undefined)
      throw new Error('The public address is asked for before the sandbox listens');
    return this.known;
  }
}
