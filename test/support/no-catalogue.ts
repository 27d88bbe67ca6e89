// For `node --require`: the Flow Library's scorecard gets an empty catalogue, so that it goes on where it would end without one.
// What it then says of names in the catalogue says nothing.
import Module from "node:module";

interface Client {
  get(url: string, ...rest: readonly unknown[]): Promise<unknown>;
}
type Load = (request: string, ...rest: readonly unknown[]) => unknown;

const CATALOGUE = "https://catalogue.nodered.org/";
// Node's public hooks do not reach `require` in every supported version; hence the internal function.
const loader = Module as unknown as { _load: Load };
const load = loader._load;

loader._load = function loadWithoutCatalogue(request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  return request === "axios" ? withoutCatalogue(loaded as Client) : loaded;
};

function withoutCatalogue(client: Client): Client {
  return {
    get: (url, ...rest) =>
      url.startsWith(CATALOGUE)
        ? Promise.resolve({ data: { modules: [] } })
        : client.get(url, ...rest),
  };
}
