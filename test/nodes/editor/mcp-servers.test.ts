import assert from "node:assert/strict";
import {
  addServer,
  authorizationChanges,
  authorizedLabels,
  removeServer,
  serversOf,
  withServer,
} from "../../../nodes/editor/mcp-servers";

const DOCS = { type: "mcp", server_label: "docs", server_url: "https://a" };
const WEATHER = { type: "function", name: "weather" };

describe("MCP servers of the dialog", () => {
  it("are found among other tools, which stay where they are", () => {
    const settings = { tools: [WEATHER, DOCS], voice: "alloy" };
    assert.deepEqual(serversOf(settings), [{ index: 1, tool: DOCS }]);
    const tool = { ...DOCS, future: 1 };
    assert.deepEqual(withServer(settings, { index: 1, tool }), {
      tools: [WEATHER, tool],
      voice: "alloy",
    });
    assert.deepEqual(removeServer(settings, 1), {
      tools: [WEATHER],
      voice: "alloy",
    });
  });

  it("leave no empty list behind", () => {
    assert.deepEqual(removeServer(addServer({}), 0), {});
  });
});

describe("authorizations in the dialog", () => {
  const kept = { label: "docs", storedAs: "docs", typed: undefined };

  it("change nothing while nobody types", () => {
    assert.deepEqual(authorizationChanges([kept], ["docs"], {}), {});
    assert.deepEqual(authorizedLabels([kept]), ["docs"]);
  });

  it("are what was typed; an emptied one goes", () => {
    const typed = { ...kept, typed: "Bearer x" };
    assert.deepEqual(authorizationChanges([typed], ["docs"], {}), {
      docs: "Bearer x",
    });
    const emptied = { ...kept, typed: "" };
    assert.deepEqual(authorizationChanges([emptied], ["docs"], {}), {
      docs: null,
    });
    assert.deepEqual(authorizedLabels([typed, emptied]), ["docs"]);
  });

  it("follow a server to another label", () => {
    const renamed = { ...kept, label: "manuals" };
    assert.deepEqual(authorizationChanges([renamed], ["docs"], {}), {
      docs: null,
      manuals: { from: "docs" },
    });
  });

  it("go with the server that is removed", () => {
    assert.deepEqual(authorizationChanges([], ["docs"], {}), { docs: null });
  });

  it("add up over edits that no deploy has taken away yet", () => {
    const renamed = { ...kept, label: "manuals" };
    assert.deepEqual(
      authorizationChanges([renamed], ["docs"], {
        docs: "Bearer x",
        other: "Bearer y",
      }),
      { docs: null, manuals: "Bearer x", other: "Bearer y" },
    );
  });
});
