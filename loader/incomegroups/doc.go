// Package incomegroups loads the World Bank's classification of countries by
// income (CC BY 4.0): the sheet "List of economies" of CLASS.xlsx, or that sheet
// saved as CSV:
//
//	economy,country_code,region,income_group
//	Afghanistan,AFG,"Middle East, North Africa, Afghanistan & Pakistan",Low income
//
// or with the publisher's own column names, Economy, Code, Region and Income
// group. income_group is Low income, Lower middle income, Upper middle income or
// High income.
//
//	blank, with a region       not classified for the time being (Venezuela): no class
//	blank, without a region    an aggregate such as Euro area: passed over
//
// The file does not say which year's classification it is; a fiscal year of the
// World Bank begins in the July before.
package incomegroups
