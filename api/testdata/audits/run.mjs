// Holds the GraphQL server at the URL given to the audits of graphql-http and
// prints one JSON object per audit: {id, name, status, reason}.
import { serverAudits } from 'graphql-http';

for (const audit of serverAudits({ url: process.argv[2] })) {
  const { id, name, status, reason } = await audit.fn();
  console.log(JSON.stringify({ id, name, status, reason }));
}
