//! Webhooks as a receiver gets them, and addresses that none goes to.

use crate::receiver::{KEY, Receiver};
use std::net::TcpListener;
use switchback_notify::address::{Allowed, Range};
use switchback_notify::secret::Secret;
use switchback_notify::unsent::Unsent;
use switchback_notify::webhook::{self, Key, Message, Webhooks};

const MESSAGE: Message<'_> =
    Message { id: "msg_1", at: 1_700_000_000, body: "{\"type\":\"promotion\",\"says\":\"☃\"}" };

fn here() -> Webhooks {
    Webhooks::new(Allowed::new(vec![Range::parse("127.0.0.0/8").unwrap()]))
}

fn to(url: &str) -> webhook::Receiver {
    webhook::Receiver::new(url, Key::parse(&Secret::new(KEY)).unwrap()).unwrap()
}

#[test]
fn it_arrives_signed() {
    let receiver = Receiver::open();
    here().send(&to(&receiver.url("/ok")), &MESSAGE).unwrap();
    let [came] = &receiver.came()[..] else { panic!("{:?}", receiver.came()) };
    assert!(came.is_signed(), "{came:?}");
    assert_eq!((came.headers["webhook-id"].as_str(), came.body.as_str()), (MESSAGE.id, MESSAGE.body));
    assert_eq!(came.headers["content-type"], "application/json");
    let mut tampered = came.clone();
    tampered.body.push(' ');
    assert!(!tampered.is_signed());
}

#[test]
fn what_a_receiver_answers() {
    let receiver = Receiver::open();
    for (path, again) in [("/503", true), ("/429", true), ("/410", false), ("/404", false), ("/302", false)] {
        let unsent = here().send(&to(&receiver.url(path)), &MESSAGE).unwrap_err();
        assert_eq!(matches!(unsent, Unsent::Later(_)), again, "{path}: {unsent:?}");
        assert!(!unsent.why().contains("secret"), "what it answered is nobody's to read: {unsent:?}");
    }
    let paths: Vec<_> = receiver.came().into_iter().map(|came| came.path).collect();
    assert_eq!(paths, ["/503", "/429", "/410", "/404", "/302"], "no redirect was followed, nothing was sent twice");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{nobody}/T0/secret");
    let unsent = here().send(&to(&url), &MESSAGE).unwrap_err();
    assert!(matches!(&unsent, Unsent::Later(why) if !why.contains("secret")), "{unsent:?}");
}

#[test]
fn nothing_goes_to_addresses_beside_the_server() {
    let receiver = Receiver::open();
    let port = receiver.address.port();
    let nowhere = Webhooks::new(Allowed::default());
    for host in ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "127.1", "0x7f.1", "[::ffff:127.0.0.1]"] {
        for scheme in ["http", "https"] {
            let unsent = nowhere.send(&to(&format!("{scheme}://{host}:{port}/ok")), &MESSAGE).unwrap_err();
            assert!(!unsent.why().contains("/ok"), "{unsent:?}");
        }
    }
    let private = here().send(&to("https://169.254.169.254/latest"), &MESSAGE).unwrap_err();
    assert!(matches!(&private, Unsent::Never(why) if why.contains("not public")), "{private:?}");
    let open = nowhere.send(&to("http://93.184.216.34/"), &MESSAGE).unwrap_err();
    assert!(matches!(&open, Unsent::Never(why) if why.contains("TLS")), "{open:?}");
    assert!(receiver.came().is_empty(), "{:?}", receiver.came());
}
