// The guided tour of a first flow, as Node-RED's editor loads it: it shows the example that this package brings.
const CATALOG =
  "@voicewire/node-red-voice-live/voice-live:voice-live-resource.tour.";
const DEMO = "First conversation";
const FLOW_URL = `library/examples/flows/@voicewire/node-red-voice-live/${DEMO}`;

/** The tour's shade would cover what is pressed, and what Node-RED asks then: it goes when the mouse comes near. */
const ASIDE = "inset-bottom-right";

const text = (name) => RED._(CATALOG + name);

/** The tab of the example, when it is there already. */
function findDemo() {
  let found;
  RED.nodes.eachWorkspace((tab) => {
    const isDemo = tab.label === DEMO && findNode("voice-live-audio-in", tab);
    if (isDemo) found = tab;
  });
  return found;
}

function findNode(type, tab = findDemo()) {
  return tab && RED.nodes.filterNodes({ type, z: tab.id })[0];
}

/** Where a node is drawn; without it, the flow as a whole, so that the tour can go on. */
function elementOf(type, part = "") {
  const drawn = $(`#${findNode(type)?.id} ${part}`).first();
  return drawn.length > 0 ? drawn : $("#red-ui-workspace-chart");
}

/** The editor draws a flow some time after it is shown. */
function whenDrawn(type, done, attempts = 50) {
  const isDrawn = $(`#${findNode(type)?.id}`).length > 0;
  if (isDrawn || attempts === 0) return done();
  setTimeout(() => whenDrawn(type, done, attempts - 1), 20);
}

function showDemo() {
  const { id } = findDemo() ?? {};
  if (id) RED.workspaces.show(id);
}

/** Adds the example to the flows unless it is there, and shows it. */
function prepareDemo(done) {
  const show = () => {
    showDemo();
    whenDrawn("inject", done);
  };
  if (findDemo()) return show();
  $.getJSON(FLOW_URL)
    .then((flow) =>
      RED.view.importNodes(flow, {
        generateIds: true,
        touchImport: true,
        notify: false,
      }),
    )
    .catch(({ statusText, message }) =>
      RED.notify(
        RED._(`${CATALOG}failed`, { reason: message ?? statusText }),
        "error",
      ),
    )
    .then(show);
}

function nodeStep(name, type) {
  return {
    element: () => elementOf(type),
    direction: "right",
    description: text(name),
  };
}

const deployStep = {
  element: "#red-ui-header-button-deploy",
  description: text("deploy"),
  fallback: ASIDE,
  prepare() {
    // When all is deployed there is nothing to wait for.
    deployStep.wait = RED.nodes.dirty()
      ? { type: "nr-event", event: "deploy" }
      : undefined;
  },
};

export default {
  steps: [
    {
      title: text("title"),
      description: text("start"),
      width: 400,
    },
    { ...nodeStep("ask", "inject"), prepare: prepareDemo },
    nodeStep("hear", "voice-live-audio-in"),
    nodeStep("function", "voice-live-function"),
    nodeStep("said", "voice-live-transcript"),
    nodeStep("spoken", "voice-live-audio-out"),
    deployStep,
    {
      element: () => elementOf("inject", ".red-ui-flow-node-button"),
      direction: "right",
      description: text("press"),
      fallback: ASIDE,
      prepare() {
        showDemo();
        RED.sidebar.show("debug");
      },
      wait: { type: "dom-event", event: "click" },
    },
    { description: text("result") },
  ],
};
