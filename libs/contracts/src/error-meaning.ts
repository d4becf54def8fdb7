/** What an error code means at the edge: the HTTP status and the title of its problem document. */
export interface ErrorMeaning {
  readonly status: number;
  readonly title: string;
}
