package comtrade

// column is what is read of a row.
type column int

const (
	typeCode column = iota
	frequency
	year
	period
	reporter
	reporterISO
	reporterName
	partner
	partnerISO
	partnerName
	partner2
	flow
	revision
	code
	customs
	supply
	transport
	netWeight
	netWeightEstimated
	unit
	unitName
	quantity
	quantityEstimated
	value
	nColumns
)

// names are what each column is called in the shapes that there are.
var names = [nColumns][]string{
	typeCode:           {"typeCode", "TypeCode"},
	frequency:          {"freqCode", "FreqCode"},
	year:               {"refYear", "RefYear", "Year", "year"},
	period:             {"period", "Period"},
	reporter:           {"reporterCode", "ReporterCode", "Reporter Code", "reporter_code", "reporter"},
	reporterISO:        {"reporterISO", "ReporterISO", "Reporter ISO", "reporter_iso3"},
	reporterName:       {"reporterDesc", "ReporterDesc", "Reporter"},
	partner:            {"partnerCode", "PartnerCode", "Partner Code", "partner_code", "partner"},
	partnerISO:         {"partnerISO", "PartnerISO", "Partner ISO", "partner_iso3"},
	partnerName:        {"partnerDesc", "PartnerDesc", "Partner"},
	partner2:           {"partner2Code", "Partner2Code", "2nd Partner Code"},
	flow:               {"flowCode", "FlowCode", "Trade Flow Code", "TradeFlow Code", "flow_code", "flow"},
	revision:           {"classificationCode", "ClassificationCode", "Classification", "hs_revision"},
	code:               {"cmdCode", "CmdCode", "Commodity Code", "hs_code", "cmd"},
	customs:            {"customsCode", "CustomsCode", "Customs Proc. Code"},
	supply:             {"mosCode", "MosCode"},
	transport:          {"motCode", "MotCode", "Mode of Transport Code"},
	netWeight:          {"netWgt", "NetWgt", "Netweight (kg)", "net_weight_kg", "netwgt"},
	netWeightEstimated: {"isNetWgtEstimated", "IsNetWgtEstimated"},
	unit:               {"qtyUnitCode", "QtyUnitCode", "Qty Unit Code", "qtyunit"},
	unitName:           {"qtyUnitAbbr", "QtyUnitAbbr", "Qty Unit", "quantity_unit"},
	quantity:           {"qty", "Qty", "quantity"},
	quantityEstimated:  {"isQtyEstimated", "IsQtyEstimated"},
	value:              {"primaryValue", "PrimaryValue", "Trade Value (US$)", "trade_value_usd", "value"},
}

// needed are the columns that there must be, one of each.
var needed = [][]column{{reporter, reporterISO, reporterName}, {partner, partnerISO, partnerName}, {flow}, {code}, {value, netWeight}}

// revisions are the Harmonized System's by Comtrade's codes.
var revisions = map[string]string{
	"H0": "HS1992", "H1": "HS1996", "H2": "HS2002", "H3": "HS2007", "H4": "HS2012", "H5": "HS2017", "H6": "HS2022",
}

// flows says of each flow whether it is an import (true), an export (false), or
// neither on its own (not in the map).
var flows = map[string]bool{"M": true, "1": true, "X": false, "2": false, "Import": true, "Export": false, "Imports": true, "Exports": false}

// partial are the flows that imports and exports hold already.
var partial = map[string]bool{
	"RX": true, "RM": true, "3": true, "4": true, // re-exports and re-imports
	"DX": true, "FM": true, // domestic exports, foreign imports
	"MIP": true, "MOP": true, "XIP": true, "XOP": true, // processing
	"Re-Export": true, "Re-Import": true, "re-Export": true, "re-Import": true,
}
