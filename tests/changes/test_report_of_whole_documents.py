"""The report of 2026-01 → 2026-07 tells what was read by hand from the two whole documents."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

from support.example import EXAMPLE
from support.specs import ROOT, whole_document

from scripts.changes.documents import compare, renamed
from scripts.changes.report import client_of, report
from scripts.changes.weave import Packages, weave
from scripts.pipeline import generate as generate_client
from scripts.pipeline import overlay as apply_overlay
from scripts.spec.document import Document, parse
from scripts.spec.select import select

# Read with jq and a script that shares nothing with what is tested.
RENAMED = {
    "AppendCampaignsByBalanceId": "AppendCampaignsToBalanceV1",
    "DeleteCampaignsByBalanceId": "DeleteCampaignsFromBalanceV1",
    "GetBalanceHistory": "GetBalanceHistoryV1",
    "GetBalancesByAccountId": "GetPageOfBalancesV1",
    "ModifyBalanceByAccountAndBalanceId": "UpdateBalanceV1",
}
REMOVED = {"GenerateAsyncAccountsReportV2", "GenerateAsyncCampaignsReportV2", "GenerateAsyncLineItemsReportV2"}
COME = {
    *RENAMED.values(),
    *("DeleteStoreInventoryPerMerchantId", "UpsertStoreInventoryPerMerchantId", "GetBalanceV1"),
    *("GenerateAsyncAttributedTransactionsReport", "GenerateAsyncMissedOpportunitiesReport"),
    *("GenerateAsyncPerformanceReport", "GenerateSyncAttributedTransactionsReport", "GenerateSyncCampaignsReport"),
    *("GenerateSyncLineItemsReport", "GenerateSyncRealTimePerformanceReport"),
}
SCHEMAS_GONE = """
    AddFundsToBalanceV2 AddFundsToBalanceV2Request AsyncAccountsReport AsyncAccountsReportRequest
    AsyncAccountsReportResource AsyncCampaignsReport AsyncCampaignsReportRequest AsyncCampaignsReportResource
    AsyncLineItemsReport AsyncLineItemsReportRequest AsyncLineItemsReportResource BalanceCampaign202110ListRequest
    BalanceResponseV2PagedListResponse CampaignAvailability CreateBalanceV2 CreateBalanceV2Request
    EntityResourceCollectionOutcomeOfRetailerResultAndMetadata EntityResourceOfRetailerResult
    PageOfBalanceHistoryChangeDataCaptureV1 PageTypeCombination ResourceOfAddFundsToBalanceV2 ResourceOfCreateBalanceV2
    ResourceOfUpdateBalanceModelV2 RetailerResult RetailerSearchRequest UpdateBalanceModelV2
    UpdateBalanceModelV2Request ValueResourceInputOfRetailerSearchRequest ValueResourceOfRetailerSearchRequest
""".split()  # noqa: SIM905
# Kind, where, and how the text begins, of all that breaks besides; `A → B` is A's successor at one of its places.
BREAKING = """
parameter GetPageOfBalancesV1(pageIndex in query): removed
parameter GetPageOfBalancesV1(pageSize in query): removed
required AppendCampaignsToBalanceV1 body: now required
required DeleteCampaignsFromBalanceV1 body: now required
type AddFundsByAccountAndBalanceId body: AddFundsToBalanceV2Request → AddFundsToBalanceV3Request
type AddFundsByAccountAndBalanceId answer 200: BalanceResponseV2Response → BalanceResponseV3Response
type AppendCampaignsToBalanceV1 body: BalanceCampaign202110ListRequest → ValueResourceInputAppendCampaignsRequestV1
type AppendCampaignsToBalanceV1 answer 200: BalanceCampaign202110PagedListResponse → ValueResourceOutcomeBalanceCampaignsV1
type CreateBalanceByAccountId body: CreateBalanceV2Request → CreateBalanceV3Request
type CreateBalanceByAccountId answer 201: BalanceResponseV2Response → BalanceResponseV3Response
type DeleteCampaignsFromBalanceV1 body: BalanceCampaign202110ListRequest → ValueResourceInputDeleteCampaignsRequestV1
type DeleteCampaignsFromBalanceV1 answer 200: BalanceCampaign202110PagedListResponse → ValueResourceOutcomeBalanceCampaignsV1
type GetBalanceHistoryV1 answer 200: PageOfBalanceHistoryChangeDataCaptureV1 → ValueResourceCollectionOutcomeBalanceHistoryChangeDataCaptureV1AndMetadata
type GetPageOfBalancesV1 answer 200: BalanceResponseV2PagedListResponse → EntityResourceCollectionOutcomeBalanceV1AndMetadata
type SearchAccountRetailers body: ValueResourceInputOfRetailerSearchRequest → ValueResourceInputOfRetailerSearchRequestV2
type SearchAccountRetailers answer 200: EntityResourceCollectionOutcomeOfRetailerResultAndMetadata → EntityResourceCollectionOutcomeOfRetailerResultV2AndMetadata
type UpdateBalanceV1 body: UpdateBalanceModelV2Request → ValueResourceInputOfUpdateBalanceModelV1
type UpdateBalanceV1 answer 200: BalanceResponseV2Response → EntityResourceOutcomeOfBalanceResponseV1
nullable BalanceHistoryChangeDataCaptureV1: now nullable
enum BalanceHistoryChangeDataCaptureV1.changeType: recased BalanceCreated → balanceCreated
enum BalanceHistoryChangeDataCaptureV1.changeType: removed "PoNumber"
type AddFundsToBalanceV2Request → AddFundsToBalanceV3Request.data: ResourceOf
type ResourceOfAddFundsToBalanceV2 → ResourceOfAddFundsToBalanceV3.attributes: AddFundsToBalanceV2 → AddFundsToBalanceV3
field AddFundsToBalanceV2 → AddFundsToBalanceV3.poNumber: removed
type CreateBalanceV2Request → CreateBalanceV3Request.data: ResourceOf
type ResourceOfCreateBalanceV2 → ResourceOfCreateBalanceV3.attributes: CreateBalanceV2 → CreateBalanceV3
field CreateBalanceV2 → CreateBalanceV3.poNumber: removed
type BalanceResponseV2Response → BalanceResponseV3Response.data: ResourceOf
type ResourceOfBalanceResponseV2 → ResourceOfBalanceResponseV3.attributes: BalanceResponseV2 → BalanceResponseV3
field BalanceResponseV2 → BalanceResponseV3.poNumber: removed
type UpdateBalanceModelV2Request → ValueResourceInputOfUpdateBalanceModelV1.data: ResourceOf
type ResourceOfUpdateBalanceModelV2 → ValueResourceOfUpdateBalanceModelV1.attributes: UpdateBalanceModelV2 → UpdateBalanceModelV1
field ResourceOfUpdateBalanceModelV2 → ValueResourceOfUpdateBalanceModelV1.id: removed
field UpdateBalanceModelV2 → UpdateBalanceModelV1.poNumber: removed
type UpdateBalanceModelV2 → UpdateBalanceModelV1.endDate: string → NillableOfNullableOfDateOnly
nullable UpdateBalanceModelV2 → UpdateBalanceModelV1.endDate: no longer nullable
type BalanceResponseV2Response → EntityResourceOutcomeOfBalanceResponseV1.data: ResourceOf
type BalanceResponseV2Response → EntityResourceOutcomeOfBalanceResponseV1.errors[]: CommonProblem → SdkApiRestCommonProblem
type BalanceResponseV2Response → EntityResourceOutcomeOfBalanceResponseV1.warnings[]: CommonProblem → SdkApiRestCommonProblem
nullable BalanceResponseV2Response → EntityResourceOutcomeOfBalanceResponseV1.errors: now nullable
nullable BalanceResponseV2Response → EntityResourceOutcomeOfBalanceResponseV1.warnings: now nullable
type ResourceOfBalanceResponseV2 → EntityResourceOfBalanceResponseV1.attributes: BalanceResponseV2 → BalanceResponseV1
field BalanceResponseV2 → BalanceResponseV1.poNumber: removed
enum BalanceResponseV2 → BalanceResponseV1.spendType: recased Onsite → onsite
type BalanceResponseV2PagedListResponse → EntityResourceCollectionOutcomeBalanceV1AndMetadata.data[]: ResourceOf
type BalanceResponseV2PagedListResponse → EntityResourceCollectionOutcomeBalanceV1AndMetadata.errors[]: CommonProblem
type BalanceResponseV2PagedListResponse → EntityResourceCollectionOutcomeBalanceV1AndMetadata.warnings[]: CommonProblem
type BalanceResponseV2PagedListResponse → EntityResourceCollectionOutcomeBalanceV1AndMetadata.metadata: PageMetadata → Metadata
nullable BalanceResponseV2PagedListResponse → EntityResourceCollectionOutcomeBalanceV1AndMetadata.data: now nullable
nullable BalanceResponseV2PagedListResponse → EntityResourceCollectionOutcomeBalanceV1AndMetadata.errors: now nullable
nullable BalanceResponseV2PagedListResponse → EntityResourceCollectionOutcomeBalanceV1AndMetadata.warnings: now nullable
type ResourceOfBalanceResponseV2 → EntityResourceBalanceV1.attributes: BalanceResponseV2 → BalanceV1
field BalanceResponseV2 → BalanceV1.poNumber: removed
enum BalanceResponseV2 → BalanceV1.spendType: recased Onsite → onsite
type ValueResourceInputOfRetailerSearchRequest → ValueResourceInputOfRetailerSearchRequestV2.data: ValueResourceOf
type ValueResourceOfRetailerSearchRequest → ValueResourceOfRetailerSearchRequestV2.attributes: RetailerSearchRequest
type EntityResourceCollectionOutcomeOfRetailerResultAndMetadata → EntityResourceCollectionOutcomeOfRetailerResultV2AndMetadata.data[]: EntityResourceOf
type EntityResourceOfRetailerResult → EntityResourceOfRetailerResultV2.attributes: RetailerResult → RetailerResultV2
type RetailerResult → RetailerResultV2.campaignAvailabilities[]: CampaignAvailability → CampaignAvailabilityV2
field CampaignAvailability → CampaignAvailabilityV2.isAvailable: removed
type CampaignAvailability → CampaignAvailabilityV2.validCombinations[]: PageTypeCombination → PageTypeCombinationV2
type BalanceCampaign202110ListRequest → ValueResourceInputAppendCampaignsRequestV1.data: array → ValueResource
other BalanceCampaign202110ListRequest → ValueResourceInputAppendCampaignsRequestV1.data: items removed
type BalanceCampaign202110ListRequest → ValueResourceInputDeleteCampaignsRequestV1.data: array → ValueResource
other BalanceCampaign202110ListRequest → ValueResourceInputDeleteCampaignsRequestV1.data: items removed
type BalanceCampaign202110PagedListResponse → ValueResourceOutcomeBalanceCampaignsV1.data: array → ValueResource
other BalanceCampaign202110PagedListResponse → ValueResourceOutcomeBalanceCampaignsV1.data: items removed
field BalanceCampaign202110PagedListResponse → ValueResourceOutcomeBalanceCampaignsV1.metadata: removed
type BalanceCampaign202110PagedListResponse → ValueResourceOutcomeBalanceCampaignsV1.errors[]: CommonProblem
type BalanceCampaign202110PagedListResponse → ValueResourceOutcomeBalanceCampaignsV1.warnings[]: CommonProblem
nullable BalanceCampaign202110PagedListResponse → ValueResourceOutcomeBalanceCampaignsV1.errors: now nullable
nullable BalanceCampaign202110PagedListResponse → ValueResourceOutcomeBalanceCampaignsV1.warnings: now nullable
type PageOfBalanceHistoryChangeDataCaptureV1 → ValueResourceCollectionOutcomeBalanceHistoryChangeDataCaptureV1AndMetadata.data[]: BalanceHistory
field PageOfBalanceHistoryChangeDataCaptureV1 → ValueResourceCollectionOutcomeBalanceHistoryChangeDataCaptureV1AndMetadata.meta: removed
required PageOfBalanceHistoryChangeDataCaptureV1 → ValueResourceCollectionOutcomeBalanceHistoryChangeDataCaptureV1AndMetadata.data: no longer required
nullable PageOfBalanceHistoryChangeDataCaptureV1 → ValueResourceCollectionOutcomeBalanceHistoryChangeDataCaptureV1AndMetadata.data: now nullable
field BalanceHistoryChangeDataCaptureV1 → ValueResourceBalanceHistoryChangeDataCaptureV1.changeDetails: removed
field BalanceHistoryChangeDataCaptureV1 → ValueResourceBalanceHistoryChangeDataCaptureV1.changeType: removed
field BalanceHistoryChangeDataCaptureV1 → ValueResourceBalanceHistoryChangeDataCaptureV1.dateOfModification: removed
field BalanceHistoryChangeDataCaptureV1 → ValueResourceBalanceHistoryChangeDataCaptureV1.memo: removed
field BalanceHistoryChangeDataCaptureV1 → ValueResourceBalanceHistoryChangeDataCaptureV1.modifiedByUser: removed
""".strip().splitlines()  # noqa: E501
# What the two clients say of it in Python, read by hand from the generated modules.
IN_PYTHON = (
    "`api.balance.get_balances_by_account_id` is now `api.balance.get_page_of_balances_v1`",
    "`api.campaign.append_campaigns_by_balance_id` is now `api.campaign.append_campaigns_to_balance_v1`",
    "`page_index: int | Unset = UNSET` is gone",
    "`body: BalanceCampaign202110ListRequest | Unset = UNSET` is now `ValueResourceInputAppendCampaignsRequestV1`",
    "`answers BalanceResponseV2Response | None` is now `answers BalanceResponseV3Response | None`",
    "`end_date: str | Unset = UNSET` is now `NillableOfNullableOfDateOnly | Unset = UNSET`",
    "`po_number: None | str | Unset = UNSET` is gone",
    "in `models.BalanceV1SpendType` the values of `OFFSITE`, `OFFSITEAWARENESS`, `ONSITE` change",
    "in `models.BalanceHistoryChangeDataCaptureV1ChangeType` `PONUMBER` is gone",
    "`criteo_po_number: None | str | Unset = UNSET` is new",
    "`limit_to_id: list[str] | Unset = UNSET` as before",
)


@functools.cache
def whole(version: str) -> Document:
    """A whole document."""
    path = whole_document(version)
    return parse(path.read_bytes(), path.name)


@functools.cache
def whole_packages() -> Packages:
    """The clients of the two whole documents."""
    old, new = whole("2026-01"), whole("2026-07")
    return Packages(client_of(old, "2026-01"), client_of(new, "2026-07"), renamed(old, new))


def test_version_bump_breaks_what_was_read_by_hand() -> None:
    """2026-01 → 2026-07: every breaking change that was found by hand is told, and no other."""
    woven, alone = weave(compare(whole("2026-01"), whole("2026-07")), whole_packages())
    breaking = [line.change for line in woven if line.change.breaking]
    expected = [
        *(f"operation {was}: renamed to {now} (" for was, now in RENAMED.items()),
        *(f"operation {name}: removed" for name in REMOVED),
        *(f"schema {name}: re" for name in SCHEMAS_GONE),
        *BREAKING,
    ]
    told = [f"{change.kind} {change.where}: {change.what}" for change in breaking]
    found = {line: [text for text in told if text.startswith(line)] for line in expected}

    assert [line for line, texts in found.items() if len(texts) != 1] == []
    assert set(told) == {texts[0] for texts in found.values()}
    come = {
        change.what.split()[2] for change in breaking if change.what.startswith("renamed to") and "(" in change.what
    }
    added = {line.subject for line in woven if line.change.kind == "operation" and line.change.what.startswith("added")}
    assert (len(RENAMED) + len(REMOVED), come | added) == (8, COME)
    assert len(COME) == 15
    assert alone == []


def test_version_bump_is_told_in_python() -> None:
    """Names, types and members are those of the generated modules, and the report can be read in one go."""
    packages = whole_packages()
    text = report(compare(whole("2026-01"), whole("2026-07")), packages)

    assert [fact for fact in IN_PYTHON if fact not in text] == []
    assert "package alone" not in text
    assert len(text.splitlines()) < 330


def test_consumers_of_the_shipped_operation_pass_the_checker_with_the_new_client(tmp_path: Path) -> None:
    """tests/typing/consumer.py, written against the shipped client, needs no edit for 2026-07."""
    source = json.loads(EXAMPLE.upstream.read_bytes())
    names = [each["operationId"] for item in source["paths"].values() for each in item.values()]
    (tmp_path / "upstream.json").write_text(json.dumps(select(whole("2026-07"), names)))
    patched, _ = apply_overlay.patch(tmp_path / "upstream.json")
    generate_client.build(patched, tmp_path / "criteo_retail_media")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", ROOT / "tests" / "typing" / "consumer.py"],
        env={**os.environ, "MYPYPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
