import 'reflect-metadata';
import { previewOpenApiDocument } from './openapi/preview-document.js';

/** Prints the OpenAPI document, as `docs/openapi.json` keeps it. */
process.stdout.write(`${JSON.stringify(await previewOpenApiDocument(), null, 2)}\n`);
