import { coverageDoc } from "./coverage-doc";
import { dialectsDoc } from "./dialects-doc";
import { errorsDoc } from "./errors-doc";

export interface GeneratedDoc {
  /** Path in the repository. Prettier leaves it alone: see .prettierignore. */
  readonly file: string;
  readonly render: () => string | Promise<string>;
}

/** Pages made from tables in the code. A test fails where a page is not what its table gives. */
export const GENERATED_DOCS: readonly GeneratedDoc[] = [
  { file: "docs/coverage.md", render: coverageDoc },
  { file: "docs/dialects.md", render: dialectsDoc },
  { file: "docs/errors.md", render: errorsDoc },
];
