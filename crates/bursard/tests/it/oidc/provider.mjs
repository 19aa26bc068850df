// oidc-provider, a certified identity provider, with one client and people who need no password.
// Arguments: the folder in which it is installed, the client's secret, where people reach the client.
import http from 'node:http';
import { pathToFileURL } from 'node:url';

const [folder, secret, site] = process.argv.slice(2);
const { default: Provider } = await import(
  pathToFileURL(`${folder}/node_modules/oidc-provider/lib/index.js`)
);

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'bursar',
        client_secret: secret,
        redirect_uris: [`${site}/sign-in/with/corp/callback`],
        post_logout_redirect_uris: [`${site}/sign-in`],
      },
    ],
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({
        sub,
        email: `${sub}@example.org`,
        email_verified: !sub.startsWith('unverified'),
        name: `${sub} of Corp`,
        groups: sub.startsWith('clerk') ? ['clerks'] : [],
      }),
    }),
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    cookies: { keys: ['of no account'] },
    pkce: { required: () => true },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
