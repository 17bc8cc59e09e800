/** Answers of the RDS and STS query API as XML, as much of it as the drill's calls read. */

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface InstanceFacts {
  readonly name: string;
  readonly status: string;
  readonly instanceClass: string;
  readonly tags: readonly Tag[];
  readonly endpoint?: { readonly address: string; readonly port: number };
  readonly latestRestorableTime?: string;
}

export interface SnapshotFacts {
  readonly name: string;
  readonly instance: string;
  readonly status: string;
  readonly percent: number;
  readonly takenAt: string;
  readonly tags: readonly Tag[];
}

const RDS = "http://rds.amazonaws.com/doc/2014-10-31/";
const STS = "https://sts.amazonaws.com/doc/2011-06-15/";

export function instanceXml(facts: InstanceFacts): string {
  const { endpoint, latestRestorableTime } = facts;
  return [
    "<DBInstance>",
    tag("DBInstanceIdentifier", facts.name),
    tag("DBInstanceStatus", facts.status),
    tag("DBInstanceClass", facts.instanceClass),
    tag("Engine", "postgres"),
    tag("EngineVersion", "15.18"),
    tag("AllocatedStorage", "20"),
    ...(endpoint === undefined
      ? []
      : [
          `<Endpoint>${tag("Address", endpoint.address)}${tag("Port", String(endpoint.port))}</Endpoint>`,
        ]),
    ...(latestRestorableTime === undefined
      ? []
      : [tag("LatestRestorableTime", latestRestorableTime)]),
    `<DBSubnetGroup>${tag("DBSubnetGroupName", "private")}</DBSubnetGroup>`,
    `<VpcSecurityGroups><VpcSecurityGroupMembership>${tag("VpcSecurityGroupId", "sg-1")}</VpcSecurityGroupMembership></VpcSecurityGroups>`,
    `<DBParameterGroups><DBParameterGroup>${tag("DBParameterGroupName", "own15")}</DBParameterGroup></DBParameterGroups>`,
    tag("PubliclyAccessible", "false"),
    tagList(facts.tags),
    "</DBInstance>",
  ].join("");
}

export function snapshotXml(facts: SnapshotFacts): string {
  return [
    "<DBSnapshot>",
    tag("DBSnapshotIdentifier", facts.name),
    tag("DBInstanceIdentifier", facts.instance),
    tag("Status", facts.status),
    tag("PercentProgress", String(facts.percent)),
    tag("SnapshotCreateTime", facts.takenAt),
    tag("AllocatedStorage", "20"),
    tagList(facts.tags),
    "</DBSnapshot>",
  ].join("");
}

export function identityXml(account: string): string {
  return answerXml(
    "GetCallerIdentity",
    tag("Arn", `arn:aws:iam::${account}:user/driller`) +
      tag("UserId", "AIDA") +
      tag("Account", account),
    STS,
  );
}

export function answerXml(action: string, inner: string, namespace = RDS): string {
  return `<${action}Response xmlns="${namespace}"><${action}Result>${inner}</${action}Result><ResponseMetadata><RequestId>fake</RequestId></ResponseMetadata></${action}Response>`;
}

export function errorXml(code: string, message: string): string {
  return `<ErrorResponse xmlns="${RDS}"><Error><Type>Sender</Type>${tag("Code", code)}${tag("Message", message)}</Error><RequestId>fake</RequestId></ErrorResponse>`;
}

function tagList(tags: readonly Tag[]): string {
  return `<TagList>${tags.map(({ key, value }) => `<Tag>${tag("Key", key)}${tag("Value", value)}</Tag>`).join("")}</TagList>`;
}

function tag(name: string, text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<${name}>${escaped}</${name}>`;
}
