import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import 'graphiql/graphiql.css';
import './graphiql.css';

// The server writes the example questions into the page.
const examples = JSON.parse(document.getElementById('examples').textContent);

const tabs = examples.map(({ title, query }) => ({ query: `# ${title}\n${query}` }));

async function ask(request) {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
    },
    body: JSON.stringify(request),
  });
  return answer.json();
}

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL fetcher={ask} defaultTabs={tabs.length > 0 ? tabs : undefined} defaultEditorToolsVisibility={false}>
    <GraphiQL.Logo>
      <a href="/">tiermap</a>
    </GraphiQL.Logo>
  </GraphiQL>,
);
