"""The only way a view here gets a row: fetched and checked in one step; 404 and 403 are decided here."""
