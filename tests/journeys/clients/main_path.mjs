// The main path of Personalize by the JavaScript SDK: from a schema to recommendations that a live event changes.
// Reads the standard AWS_ variables; arguments: data location, role ARN. Prints one JSON object.
import * as control from "@aws-sdk/client-personalize";
import * as events from "@aws-sdk/client-personalize-events";
import * as runtime from "@aws-sdk/client-personalize-runtime";

const [dataLocation, roleArn] = process.argv.slice(2);
const personalize = new control.PersonalizeClient({});
const ask = (name, input) => personalize.send(new control[`${name}Command`](input));

async function active(kind, arn) {
  const key = kind[0].toLowerCase() + kind.slice(1);
  for (;;) {
    const described = (await ask(`Describe${kind}`, { [`${key}Arn`]: arn }))[key];
    if (described.status === "ACTIVE") return described;
    if (described.status === "CREATE FAILED") throw new Error(described.failureReason);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const field = (name, type) => ({ name, type });
const schema = JSON.stringify({
  type: "record",
  name: "Interactions",
  namespace: "com.amazonaws.personalize.schema",
  fields: [field("USER_ID", "string"), field("ITEM_ID", "string"), field("TIMESTAMP", "long")],
  version: "1.0",
});

const { schemaArn } = await ask("CreateSchema", { name: "js-schema", schema });
const { datasetGroupArn } = await ask("CreateDatasetGroup", { name: "js" });
await active("DatasetGroup", datasetGroupArn);
const { datasetArn } = await ask("CreateDataset", { name: "js-interactions", schemaArn, datasetGroupArn, datasetType: "Interactions" });
await active("Dataset", datasetArn);
const { datasetImportJobArn } = await ask("CreateDatasetImportJob", { jobName: "js-import", datasetArn, dataSource: { dataLocation }, roleArn });
await active("DatasetImportJob", datasetImportJobArn);
const recipeArn = "arn:aws:personalize:::recipe/aws-user-personalization-v2";
const { solutionArn } = await ask("CreateSolution", { name: "js", datasetGroupArn, recipeArn, performAutoTraining: false });
await active("Solution", solutionArn);
const { solutionVersionArn } = await ask("CreateSolutionVersion", { solutionArn });
const version = await active("SolutionVersion", solutionVersionArn);
const { campaignArn } = await ask("CreateCampaign", { name: "js", solutionVersionArn, minProvisionedTPS: 1 });
await active("Campaign", campaignArn);

const runtimeClient = new runtime.PersonalizeRuntimeClient({});
const recommend = async (userId) =>
  (await runtimeClient.send(new runtime.GetRecommendationsCommand({ campaignArn, userId, numResults: 5 }))).itemList;
const before = await recommend("visitor");

const { eventTrackerArn, trackingId } = await ask("CreateEventTracker", { name: "js", datasetGroupArn });
await active("EventTracker", eventTrackerArn);
const eventList = ["i1", "i2", "i3"].map((itemId) => ({ eventType: "click", itemId, sentAt: new Date(), properties: {} }));
await new events.PersonalizeEventsClient({}).send(
  new events.PutEventsCommand({ trackingId, sessionId: "s1", userId: "visitor", eventList }),
);
const after = await recommend("visitor");

const refused = await ask("DescribeCampaign", { campaignArn: `${campaignArn}-none` }).catch((error) => error.name);
const unknown = await runtimeClient
  .send(new runtime.GetRecommendationsCommand({ campaignArn: `${campaignArn}-none`, userId: "u1" }))
  .catch((error) => [error.name, error.$metadata.httpStatusCode]);
console.log(JSON.stringify({ created: version.creationDateTime instanceof Date, before, after, refused, unknown }));
