module parley/endpoint

go 1.19
