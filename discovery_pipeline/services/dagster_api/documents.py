"""The GraphQL documents that Dagster's webserver is asked. Keep out: sending them; reading the answers."""

from __future__ import annotations

VERSION = "{ version }"

JOBS = """
query Jobs {
  repositoriesOrError {
    __typename
    ... on RepositoryConnection { nodes { name location { name } jobs { name } } }
    ... on Error { message }
  }
}
"""

ADD_PARTITION = """
mutation AddPartition($repository: RepositorySelector!, $definition: String!, $key: String!) {
  addDynamicPartition(repositorySelector: $repository, partitionsDefName: $definition, partitionKey: $key) {
    __typename
    ... on Error { message }
  }
}
"""

LAUNCH = """
mutation Launch($parameters: ExecutionParams!) {
  launchRun(executionParams: $parameters) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on Error { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""

TERMINATE = """
mutation Terminate($id: String!) {
  terminateRun(runId: $id, terminatePolicy: SAFE_TERMINATE) {
    __typename
    ... on TerminateRunFailure { message }
    ... on Error { message }
  }
}
"""

_RUN = "runId jobName status creationTime startTime endTime tags { key value }"

RUNS = f"""
query Runs($filter: RunsFilter, $limit: Int) {{
  runsOrError(filter: $filter, limit: $limit) {{
    __typename
    ... on Runs {{ results {{ {_RUN} }} }}
    ... on Error {{ message }}
  }}
}}
"""

RUN = f"""
query Run($id: ID!) {{
  runOrError(runId: $id) {{
    __typename
    ... on Run {{ {_RUN} stepKeysToExecute stepStats {{ stepKey status startTime endTime }} }}
    ... on Error {{ message }}
  }}
}}
"""

PHASES = """
query Phases {
  assetNodes { assetKey { path } groupName opNames }
}
"""

EVENTS = """
query Events($id: ID!, $cursor: String) {
  logsForRun(runId: $id, afterCursor: $cursor) {
    __typename
    ... on EventConnection {
      cursor hasMore
      events {
        __typename
        ... on MessageEvent { message stepKey timestamp }
        ... on MaterializationEvent {
          assetKey { path }
          metadataEntries { label ... on IntMetadataEntry { intValue } ... on BoolMetadataEntry { boolValue } }
        }
        ... on ExecutionStepFailureEvent {
          error { message causes { message } }
          failureMetadata { description metadataEntries { label ... on TextMetadataEntry { text } } }
        }
        ... on RunFailureEvent { error { message causes { message } } }
        ... on AssetCheckEvaluationEvent {
          evaluation {
            checkName success severity assetKey { path }
            metadataEntries { label ... on TextMetadataEntry { text } }
          }
        }
      }
    }
    ... on Error { message }
  }
}
"""
