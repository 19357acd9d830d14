//! The shop: what its repository holds at first, and the changes that people made to it.

/// The configuration of the pipeline.
pub const CONFIGURATION: &str = r#"[pipeline]
name = "shop"

[changes]
key = "SHOP-\\d+"
branches = "feature/*"

[[stage]]
name = "Dev1"
branch = "dev1"
next = ["INT"]

[[stage]]
name = "Dev2"
branch = "dev2"
next = ["INT"]

[[stage]]
name = "INT"
branch = "int"
next = ["UAT"]

[[stage]]
name = "UAT"
branch = "uat"
next = ["PROD"]

[[stage]]
name = "Hotfix"
branch = "hotfix"
next = ["PROD"]

[[stage]]
name = "PROD"
branch = "main"

[[area]]
name = "int-web"
stage = "INT"
default = true
target = { dir = "../areas/int-web" }
include = ["web/**"]
strip_prefix = "web"
rollback = "lines"

[[area]]
name = "uat-web"
stage = "UAT"
default = true
target = { dir = "../areas/uat-web" }
include = ["web/**"]
strip_prefix = "web"
rollback = "lines"

[[area]]
name = "uat-lab"
stage = "UAT"
target = { dir = "../areas/uat-lab" }
include = ["web/**"]
strip_prefix = "web"

[[area]]
name = "prod-web"
stage = "PROD"
default = true
target = { dir = "../areas/prod-web" }
include = ["web/**"]
strip_prefix = "web"
"#;

/// The branches that stages have, all of them at the first commit; the first is the one revisions start from.
pub const BRANCHES: [&str; 6] = ["main", "dev1", "dev2", "int", "uat", "hotfix"];

/// What the shop is at first.
pub const FILES: [(&str, &str); 6] = [
    ("web/index.html", INDEX),
    ("web/cart.html", CART),
    ("web/checkout.html", CHECKOUT),
    ("web/css/shop.css", CSS),
    ("web/js/prices.js", PRICES),
    ("web/js/cart.js", CART_JS),
];

const INDEX: &str = r#"<!doctype html>
<title>Harbour Teas</title>
<link rel="stylesheet" href="css/shop.css">
<h1>Harbour Teas</h1>
<nav>
  <a href="index.html">Teas</a>
  <a href="cart.html">Cart</a>
</nav>
<ul class="teas">
  <li data-price="3.90">Earl Grey</li>
  <li data-price="4.50">Assam</li>
  <li data-price="5.20">Darjeeling</li>
</ul>
<footer>
  <p>Open from Monday to Friday.</p>
</footer>
<script src="js/prices.js"></script>
"#;

const CART: &str = r#"<!doctype html>
<title>Your cart</title>
<h1>Your cart</h1>
<table id="lines"></table>
<p id="total"></p>
<form action="checkout.html">
  <button>Check out</button>
</form>
<script src="js/cart.js"></script>
"#;

const CHECKOUT: &str = r#"<!doctype html>
<title>Check out</title>
<h1>Check out</h1>
<form method="post" action="/orders">
  <label>Name <input name="name"></label>
  <label>Address <input name="address"></label>

  <fieldset>
    <label><input type="radio" name="pay" value="invoice"> Invoice</label>
  </fieldset>

  <button>Buy</button>
</form>
"#;

const CSS: &str = "body { font-family: serif; margin: 2rem; }\n\n.teas li { line-height: 1.6; }\n";

const PRICES: &str = r#"// Writes the price of each tea beside its name.
const currency = "EUR";

function round(amount) {
  return Math.floor(amount * 100) / 100;
}

for (const tea of document.querySelectorAll(".teas li")) {
  const price = Number(tea.dataset.price);
  tea.append(` ${round(price)} ${currency}`);
}
"#;

const CART_JS: &str = r##"// Adds up what is in the cart.
const lines = JSON.parse(localStorage.cart || "[]");

function total() {
  return lines.reduce((sum, line) => sum + line.price, 0);
}

document.querySelector("#total").textContent = total();
"##;

/// A change, as a branch.
pub struct Change {
    /// Its key; the branch is called by it.
    pub key: &'static str,
    /// The change whose branch it was started from, unless that is the base branch.
    pub on: Option<&'static str>,
    /// The subject of its commit.
    pub title: &'static str,
    /// Who wrote it.
    pub author: &'static str,
    /// What it does.
    pub edits: &'static [Edit],
}

/// One edit of a file: a piece of it is replaced by another. A file that is not there yet has one, empty, piece.
pub struct Edit {
    /// The file.
    pub path: &'static str,
    /// The piece.
    pub old: &'static str,
    /// What stands there afterwards.
    pub new: &'static str,
}

/// Every change, each after the one it was started from.
pub const CHANGES: [Change; 12] = [
    Change {
        key: "SHOP-101",
        on: None,
        title: "Show prices with tax",
        author: "Ada Berg",
        edits: &[
            edit("web/js/prices.js", "\"EUR\";\n", "\"EUR\";\nconst tax = 1.07;\n"),
            edit("web/js/prices.js", "dataset.price);", "dataset.price) * tax;"),
        ],
    },
    Change {
        key: "SHOP-102",
        on: None,
        title: "Take vouchers in the cart",
        author: "Ben Ode",
        edits: &[
            edit("web/cart.html", "  <button>", "  <label>Voucher <input name=\"voucher\"></label>\n  <button>"),
            edit(
                "web/js/cart.js",
                "\ndocument",
                "\nfunction discount(voucher) {\n  return voucher === \"TEATIME\" ? 0.9 : 1;\n}\n\ndocument",
            ),
        ],
    },
    Change {
        key: "SHOP-103",
        on: None,
        title: "Pay by card",
        author: "Cleo Wick",
        edits: &[edit(
            "web/checkout.html",
            "  </fieldset>",
            "    <label><input type=\"radio\" name=\"pay\" value=\"card\"> Card</label>\n  </fieldset>",
        )],
    },
    Change {
        key: "SHOP-104",
        on: Some("SHOP-102"),
        title: "Say how long a voucher is good for",
        author: "Ben Ode",
        edits: &[edit("web/cart.html", "Voucher <input", "Voucher (good for a year) <input")],
    },
    Change {
        key: "SHOP-105",
        on: None,
        title: "Make the shop readable in the dark",
        author: "Ada Berg",
        edits: &[edit(
            "web/css/shop.css",
            "line-height: 1.6; }\n",
            "line-height: 1.6; }\n\n@media (prefers-color-scheme: dark) {\n  body { background: #222; color: #eee; }\n}\n",
        )],
    },
    Change {
        key: "SHOP-106",
        on: None,
        title: "Sort teas by name",
        author: "Dan Fox",
        edits: &[edit(
            "web/index.html",
            "  <li data-price=\"3.90\">Earl Grey</li>\n  <li data-price=\"4.50\">Assam</li>\n  <li data-price=\"5.20\">Darjeeling</li>\n",
            "  <li data-price=\"4.50\">Assam</li>\n  <li data-price=\"5.20\">Darjeeling</li>\n  <li data-price=\"3.90\">Earl Grey</li>\n",
        )],
    },
    Change {
        key: "SHOP-107",
        on: None,
        title: "Ask for the day of delivery",
        author: "Dan Fox",
        edits: &[edit(
            "web/checkout.html",
            "name=\"address\"></label>\n",
            "name=\"address\"></label>\n  <label>Day <input name=\"day\" type=\"date\"></label>\n",
        )],
    },
    Change {
        key: "SHOP-108",
        on: None,
        title: "Ask for the floor",
        author: "Cleo Wick",
        edits: &[edit(
            "web/checkout.html",
            "name=\"address\"></label>\n",
            "name=\"address\"></label>\n  <label>Floor <input name=\"floor\"></label>\n",
        )],
    },
    Change {
        key: "SHOP-109",
        on: None,
        title: "Count what is in the cart",
        author: "Eve Lind",
        edits: &[edit("web/js/cart.js", "textContent = total()", "textContent = `${lines.length}: ${total()}`")],
    },
    Change {
        key: "SHOP-110",
        on: None,
        title: "Link the imprint",
        author: "Eve Lind",
        edits: &[
            edit("web/index.html", "Friday.</p>\n", "Friday.</p>\n  <a href=\"imprint.html\">Imprint</a>\n"),
            edit("web/imprint.html", "", "<!doctype html>\n<title>Imprint</title>\n<p>Harbour Teas, Pier 4</p>\n"),
        ],
    },
    Change {
        key: "SHOP-111",
        on: None,
        title: "Weigh parcels",
        author: "Dan Fox",
        edits: &[edit("web/js/parcels.js", "", "export const weight = (lines) => lines.length * 0.12;\n")],
    },
    Change {
        key: "SHOP-901",
        on: None,
        title: "Round prices to the nearest cent",
        author: "Ada Berg",
        edits: &[edit("web/js/prices.js", "Math.floor", "Math.round")],
    },
];

const fn edit(path: &'static str, old: &'static str, new: &'static str) -> Edit {
    Edit { path, old, new }
}
