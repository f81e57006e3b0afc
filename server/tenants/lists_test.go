package tenants

// NotExported is for the tests.
var NotExported = notExported
