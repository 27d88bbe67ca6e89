import assert from "node:assert/strict";
import { AZURE_VOICES } from "../../../lib/protocol/azure-voices";
import { findVoices } from "../../../nodes/editor/voice-list";

const LANGUAGES: Readonly<Record<string, string>> = {
  "de-DE": "German (Germany)",
  "de-AT": "German (Austria)",
};
const find = (query: string, kind = "azure-standard") =>
  findVoices(kind, query, (locale) => LANGUAGES[locale] ?? locale);

describe("list of voices", () => {
  it("has several hundred Azure voices, each once, each of the locale it stands under", () => {
    const names = [...AZURE_VOICES.values()].flat();
    assert.ok(names.length > 500);
    assert.equal(new Set(names).size, names.length);
    for (const [locale, voices] of AZURE_VOICES)
      for (const voice of voices)
        assert.match(voice, new RegExp(`^${locale}-[A-Z][\\w:-]*Neural$`));
  });

  it("offers all voices, by locale, while nothing is searched", () => {
    assert.equal(find("").length, AZURE_VOICES.size);
    assert.equal(find("")[0]?.locale, "en-US");
  });

  it("finds voices by parts of their name, whatever the case", () => {
    assert.deepEqual(find("SERAPHINA hd"), [
      { locale: "de-DE", names: ["de-DE-Seraphina:DragonHDLatestNeural"] },
    ]);
  });

  it("finds voices by what their language is called", () => {
    assert.deepEqual(
      find("german").map(({ locale }) => locale),
      ["de-AT", "de-DE"],
    );
    assert.deepEqual(find("austria jonas"), [
      { locale: "de-AT", names: ["de-AT-JonasNeural"] },
    ]);
  });

  it("offers the voices of the kind only, and none where only the owner knows them", () => {
    assert.deepEqual(find("marin", "openai"), [
      { locale: "", names: ["marin"] },
    ]);
    assert.deepEqual(find("", "azure-custom"), []);
  });
});
