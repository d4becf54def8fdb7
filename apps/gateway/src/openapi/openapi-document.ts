import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { BEARER } from './describe-endpoint.js';
import { pushDescription } from '../push/push-messages.js';
import { collectNamedSchemas } from './named-schemas.js';

const DESCRIPTION = `Merchants recharge a wallet through a payment channel and spend it on ads.

- Amounts are decimal strings in yuan (\`"50.00"\`), ids are strings, times are ISO 8601 in UTC.
- Every refusal is a problem document (RFC 9457): \`code\` says what happened, \`errors\` names the fields at fault.
- Lists are \`{items, nextCursor}\`: pass \`nextCursor\` as \`cursor\` for the next page; null means that was the last.
- After \`TIMEOUT\` the outcome is unknown: repeat the request with the same \`Idempotency-Key\`.`;

/** The OpenAPI 3.1 document of every route of the application. */
export function createOpenApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Clearbid')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, BEARER)
    .build();
  const scanned = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
  });
  const { document, named } = collectNamedSchemas({ ...scanned, 'x-push': pushDescription() });
  const schemas = Object.fromEntries(
    Object.entries(named).sort(([left], [right]) => left.localeCompare(right)),
  );
  return { ...document, components: { ...document.components, schemas } } as OpenAPIObject;
}
