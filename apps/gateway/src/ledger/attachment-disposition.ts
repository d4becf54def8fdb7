/** What makes a browser save an answer under this name instead of showing it; RFC 6266, with RFC 8187 for other alphabets. */
export function attachmentDisposition(fileName: string): string {
  const ascii = fileName.replaceAll(/[^\w. -]/g, '_');
  // encodeURIComponent leaves these, which RFC 8187 does not allow.
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
