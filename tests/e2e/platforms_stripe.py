"""Stripe's stand-ins: emulate, which has customers and what is sold to them, and localstripe, which bills them too."""

import base64
import json
import urllib.parse

from harness import contains, equal, http_call
from platform_calls import ids_of, items, walk

KEY = {"authorization": "Basic " + base64.b64encode(b"sk_test_direct:").decode()}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def asker(origin):
    """What the stand-in says itself, and what it makes where we have no action for it."""
    def truth(path):
        return http_call("GET", f"{origin}/v1/{path}", KEY)

    def make(path, **form):
        answer = http_call("POST", f"{origin}/v1/{path}", KEY | FORM, urllib.parse.urlencode(form).encode())
        assert answer.status == 200, answer
        return answer.json()

    return truth, make


def stripe(t, at, where, origin):
    truth, make = asker(origin)
    with t.case(f"stripe at {where}: a customer is created, read, listed, changed and deleted"):
        made = at.run("PostCustomers", name="Ana Silva", email="ana@example.com", metadata={"plan": "pro"})
        told = truth(f"customers/{made['id']}").json()
        equal((told["name"], told["email"], told["metadata"]), ("Ana Silva", "ana@example.com", {"plan": "pro"}))
        equal(at.run("GetCustomersCustomer", customer=made["id"])["email"], "ana@example.com")
        contains([one["id"] for one in items(at.run("GetCustomers", limit=10))], made["id"])
        at.run("PostCustomersCustomer", customer=made["id"], name="Ana Costa")
        equal(truth(f"customers/{made['id']}").json()["name"], "Ana Costa")
        at.run("DeleteCustomersCustomer", customer=made["id"])
        assert made["id"] not in [one["id"] for one in truth("customers?limit=100").json()["data"]]
        assert made["id"] not in [one["id"] for one in items(at.run("GetCustomers", limit=10))]
    with t.case(f"stripe at {where}: a product is made and listed"):
        product = at.run("PostProducts", name="Gold")
        contains([one["name"] for one in items(at.run("GetProducts", limit=10))], "Gold")
        equal(truth(f"products/{product['id']}").json()["name"], "Gold")
    with t.case(f"stripe at {where}: a payment is listed, read and cancelled, and cannot be cancelled twice"):
        made = make("payment_intents", amount=2000, currency="usd")
        contains([one["id"] for one in items(at.run("GetPaymentIntents", limit=10))], made["id"])
        read = at.run("GetPaymentIntentsIntent", intent=made["id"])
        equal((read["amount"], read["currency"]), (2000, "usd"))
        equal(at.run("PostPaymentIntentsIntentCancel", intent=made["id"])["status"], "canceled")
        equal(truth(f"payment_intents/{made['id']}").json()["status"], "canceled")
        if where == "emulate":
            at.refused("PostPaymentIntentsIntentCancel", "PLATFORM_CONFLICT", {"intent": made["id"]})
    with t.case(f"stripe at {where}: customers come page by page, each once"):
        made = {at.run("PostCustomers", name=f"Page {number}")["id"] for number in range(5)}
        pages = walk(at.run, "GetCustomers", 2)
        seen = ids_of(pages)
        equal(sorted(seen), sorted(one["id"] for one in truth("customers?limit=100").json()["data"]))
        assert made <= set(seen) and len(pages) >= 3, pages
    with t.case(f"stripe at {where}: what is not there is told as such"):
        at.missing("GetCustomersCustomer", customer="cus_none")
        at.missing("DeleteCustomersCustomer", customer="cus_none")
        at.missing("GetPaymentIntentsIntent", intent="pi_none")
    if where == "emulate":
        with t.case("stripe at emulate: prices are listed, those of one product and in one currency alone"):
            price = make("prices", product=product["id"], currency="eur", unit_amount=900)["id"]
            make("prices", product=at.run("PostProducts", name="Silver")["id"], currency="usd", unit_amount=100)
            listed = items(at.run("GetPrices", product=product["id"]))
            equal([(one["id"], one["unit_amount"]) for one in listed], [(price, 900)])


def stripe_billing(t, at, origin):
    """Invoices, subscriptions and refunds, which localstripe alone has."""
    truth, make = asker(origin)
    customer = at.run("PostCustomers", name="Billed")["id"]
    with t.case("stripe at localstripe: a payment is given back, and listed as such"):
        method = make("payment_methods", **{
            "type": "card", "card[number]": "4242424242424242", "card[exp_month]": 12, "card[exp_year]": 2040, "card[cvc]": 123,
        })["id"]
        make(f"payment_methods/{method}/attach", customer=customer)
        paid = make("payment_intents", amount=900, currency="usd", customer=customer, payment_method=method, confirm="true")
        equal(paid["status"], "succeeded")
        refund = at.run("PostRefunds", payment_intent=paid["id"], amount=400)
        equal(truth(f"refunds/{refund['id']}").json()["amount"], 400)
        contains([one["id"] for one in items(at.run("GetRefunds"))], refund["id"])
    with t.case("stripe at localstripe: a subscription is listed, and let end with its period"):
        plan = make("plans", product=at.run("PostProducts", name="Monthly")["id"], amount=500, currency="usd", interval="month")["id"]
        make(f"customers/{customer}", **{"invoice_settings[default_payment_method]": method})
        subscription = make("subscriptions", **{"customer": customer, "items[0][plan]": plan})["id"]
        contains([one["id"] for one in items(at.run("GetSubscriptions"))], subscription)
        at.run("PostSubscriptionsSubscriptionExposedId", subscription_exposed_id=subscription, cancel_at_period_end=True)
        equal(truth(f"subscriptions/{subscription}").json()["cancel_at_period_end"], True)
    with t.case("stripe at localstripe: an invoice is drafted with the line that waits for it, read and listed"):
        at.run("PostInvoiceitems", customer=customer, amount=1500, currency="usd", description="Work")
        made = at.run("PostInvoices", customer=customer, description="March")
        equal((made["status"], made["total"]), ("draft", 2000))
        told = truth(f"invoices/{made['id']}").json()
        contains([(line["amount"], line["description"]) for line in told["lines"]["data"]], (1500, "Work"))
        equal(at.run("GetInvoicesInvoice", invoice=made["id"])["total"], 2000)
        contains([one["id"] for one in items(at.run("GetInvoices", customer=customer))], made["id"])
        at.missing("GetInvoicesInvoice", invoice="in_none")
    with t.case("stripe at localstripe: a subscription is ended at once"):
        at.run("DeleteSubscriptionsSubscriptionExposedId", subscription_exposed_id=subscription)
        equal(truth(f"subscriptions/{subscription}").json()["status"], "canceled")
    with t.case("stripe at localstripe: what it does not know is refused in its words, and a key that is none asks to connect again"):
        told = at.refused("PostProducts", "PLATFORM_INVALID", {"name": "Both", "default_price_data": {"currency": "usd"}})
        contains(json.dumps(told), "default_price_data")
        wrong = at.connect("api_key", {"key": "no-key-of-theirs-0123456789"})
        at.refused("GetCustomers", "PLATFORM_RECONNECT", {}, credential=wrong)
