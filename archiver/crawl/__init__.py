"""The crawl: a site in, requests and their exact wire bytes out."""
