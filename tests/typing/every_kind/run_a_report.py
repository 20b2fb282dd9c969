"""Reports of three vocabularies: created, waited for, and written to a file."""

from __future__ import annotations

import datetime
from typing import assert_type

from criteo_retail_media import AuthenticatedClient, reports
from criteo_retail_media.api.analytics import generate_shelf_report, get_report_output, get_report_status
from criteo_retail_media.api.billing import (
    create_invoice_report_request,
    get_invoice_report_output,
    get_invoice_report_status,
)
from criteo_retail_media.api.shop import create_catalog, get_catalog_output, get_catalog_status
from criteo_retail_media.models import (
    CatalogRequestInput,
    CatalogRequestResource,
    InvoiceReport,
    InvoiceReportInput,
    InvoiceReportStatusOutcome,
    InvoiceReportValue,
    ReportResponse,
    ShelfReport,
    ShelfReportFormat,
    ShelfReportRequest,
    ShelfReportResource,
)
from criteo_retail_media.reports import Polling, Report, ReportError

JULY = datetime.datetime(2026, 7, 1, tzinfo=datetime.UTC)


def body() -> ShelfReportRequest:
    """What a report is to be about."""
    report = ShelfReport(end_date=datetime.date(2026, 7, 31), start_date=JULY, format_=ShelfReportFormat.CSV)
    return ShelfReportRequest(data=ShelfReportResource(attributes=report, type_="ShelfReport"))


def run(client: AuthenticatedClient) -> None:
    """From the request to the file."""
    try:
        report = reports.run(
            create=generate_shelf_report,
            status=get_report_status,
            output=get_report_output,
            body=body(),
            to="shelves.csv",
            client=client,
            polling=Polling(limit=600),
            on_status=lambda report: print(report.status),
        )
        assert_type(report, Report)
    except ReportError as error:
        assert_type(error.report_id, str | None)
        assert_type(error.message, str | None)


async def run_async(client: AuthenticatedClient) -> None:
    """The same from a coroutine, of reports whose fields have other names."""
    report = InvoiceReport(end_date=JULY.date(), start_date=JULY.date())
    invoices = await reports.run_async(
        create=create_invoice_report_request,
        status=get_invoice_report_status,
        output=get_invoice_report_output,
        body=InvoiceReportInput(data=InvoiceReportValue(attributes=report)),
        to="invoices.json",
        client=client,
    )
    assert_type(invoices, Report)
    catalog = await reports.run_async(
        create=create_catalog,
        status=get_catalog_status,
        output=get_catalog_output,
        body=CatalogRequestInput(data=CatalogRequestResource(type_="Catalog")),
        to="catalog.jsonl",
        client=client,
        account_id="42",
    )
    assert_type(catalog.id, str)


def by_hand(client: AuthenticatedClient) -> None:
    """The three calls on their own."""
    assert_type(generate_shelf_report.sync(client=client, body=body()), ReportResponse)
    assert_type(get_invoice_report_status.sync("7", client=client), InvoiceReportStatusOutcome)
