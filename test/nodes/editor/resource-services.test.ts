import assert from "node:assert/strict";
import {
  FIRST_VALUES,
  isForeignVersion,
  ValuesOfServices,
  versionsOf,
} from "../../../nodes/editor/resource-services";
import { dialectFor, serviceOfVersion } from "../../../lib/protocol";

describe("The versions that a resource offers", () => {
  it("let a simulator speak every dialect", () => {
    const dialects = versionsOf("simulator").map((version) =>
      dialectFor(serviceOfVersion(version), version),
    );
    assert.deepEqual([...new Set(dialects)].toSorted(), [
      "dated",
      "openai",
      "openai-beta",
      "v1",
    ]);
  });

  it("begin with one that the service has", () => {
    for (const [service, { apiVersion }] of Object.entries(FIRST_VALUES))
      assert.ok(versionsOf(service).includes(apiVersion), service);
  });

  it("are not those of Voice Live for Azure OpenAI", () => {
    assert.equal(isForeignVersion("azure-openai", "2026-07-15"), true);
    assert.equal(isForeignVersion("azure-openai", "v1"), false);
    assert.equal(isForeignVersion("azure-openai", "2025-04-01-preview"), false);
    assert.equal(isForeignVersion("azure", "2026-07-15"), false);
  });
});

describe("ValuesOfServices", () => {
  it("gives a service what it begins with, and back what was typed for it", () => {
    const values = new ValuesOfServices("azure");
    const typed = { apiVersion: "2025-10-01", scope: "https://own/.default" };
    const first = values.change("azure-openai", typed);
    assert.deepEqual(first, FIRST_VALUES["azure-openai"]);
    const other = { ...first, apiVersion: "2025-04-01-preview" };
    assert.deepEqual(values.change("azure", other), typed);
    assert.deepEqual(values.change("azure-openai", typed), other);
  });
});
