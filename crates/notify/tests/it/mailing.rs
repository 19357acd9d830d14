//! Mail as a mail server gets it.

use crate::sink::Sink;
use std::net::TcpListener;
use switchback_notify::letter::Letter;
use switchback_notify::mail::{MailServer, Mailer};
use switchback_notify::secret::Secret;
use switchback_notify::unsent::Unsent;

const FROM: &str = "Switchback <switchback@example.org>";

fn letter(subject: &str) -> Letter {
    Letter {
        id: "msg_1".into(),
        subject: subject.into(),
        says: vec!["P-1 promotes 1 change from DEV to QA".into()],
        facts: vec![("Changes".into(), "<script>US-1</script>".into())],
        link: Some(("https://switchback.example.org/shop?a=1&b=\"2".into(), "See P-1".into())),
        why: "You subscribed to it.".into(),
    }
}

fn mailer(url: &str) -> Mailer {
    Mailer::new(FROM, &MailServer::parse(url).unwrap(), None).unwrap()
}

#[test]
fn a_letter_arrives_as_text_and_html() {
    let sink = Sink::open();
    mailer(&sink.url()).send(&letter("P-1 arrived"), "ann@example.org").unwrap();
    let [mail] = &sink.taken()[..] else { panic!("{:?}", sink.taken()) };
    assert_eq!(mail.to, "ann@example.org");
    for wanted in [
        "From: Switchback <switchback@example.org>",
        "To: ann@example.org",
        "Subject: P-1 arrived",
        "Message-ID: <msg_1@example.org>",
        "Auto-Submitted: auto-generated",
        "multipart/alternative",
        "Content-Type: text/plain",
        "Content-Type: text/html",
        "&lt;script&gt;US-1&lt;/script&gt;",
        "P-1 promotes 1 change from DEV to QA",
    ] {
        assert!(mail.text.contains(wanted), "{wanted} is not in\n{}", mail.text);
    }
}

#[test]
fn no_text_writes_a_header() {
    let sink = Sink::open();
    let evil = "US-1\r\nBcc: mallory@example.org\r\n\r\n.\r\nMAIL FROM:<x>";
    let mut letter = letter(evil);
    letter.says = vec![evil.into()];
    letter.facts = vec![(evil.into(), evil.into())];
    mailer(&sink.url()).send(&letter, "ann@example.org").unwrap();
    let [mail] = &sink.taken()[..] else { panic!("{:?}", sink.taken()) };
    let (head, _) = mail.text.split_once("\n\n").unwrap();
    assert!(!head.lines().any(|line| line.starts_with("Bcc:") || line.starts_with("MAIL")), "{head}");
    let bad = mailer(&sink.url()).send(&letter, "ann@example.org>\r\nRCPT TO:<mallory@example.org");
    assert!(matches!(bad, Err(Unsent::Never(_))), "{bad:?}");
    assert_eq!(sink.taken().len(), 1);
}

#[test]
fn what_a_mail_server_refuses() {
    let sink = Sink::open();
    let gone = mailer(&sink.url()).send(&letter("a"), "gone@example.org").unwrap_err();
    assert!(matches!(&gone, Unsent::Never(why) if !why.contains("gone@example.org")), "{gone:?}");
    let busy = mailer(&sink.url()).send(&letter("a"), "busy@example.org").unwrap_err();
    assert!(matches!(busy, Unsent::Later(_)), "{busy:?}");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let down = mailer(&format!("smtp://{nobody}")).send(&letter("a"), "ann@example.org").unwrap_err();
    assert!(matches!(down, Unsent::Later(_)), "{down:?}");
    assert!(sink.taken().is_empty());
}

#[test]
fn a_mail_server_that_wants_to_know_who_comes() {
    // `\0me\0sesame`
    let sink = Sink::guarded("AG1lAHNlc2FtZQ==");
    let server = MailServer::parse(&format!("smtp://me@{}", sink.address)).unwrap();
    let known = Mailer::new(FROM, &server, Some(&Secret::new("sesame"))).unwrap();
    known.send(&letter("a"), "ann@example.org").unwrap();
    assert!(sink.taken()[0].credentials.is_some());
    let wrong = Mailer::new(FROM, &server, Some(&Secret::new("hunter2"))).unwrap();
    let refused = wrong.send(&letter("a"), "ann@example.org").unwrap_err();
    assert!(matches!(&refused, Unsent::Later(why) if !why.contains("hunter2")), "{refused:?}");
    assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
}

#[test]
fn over_a_network_nothing_is_sent_without_tls() {
    let sink = Sink::at("127.0.0.1:0", None);
    // Another name of this machine, which is no loopback to whoever reads it.
    let server = MailServer::parse(&format!("smtp://localhost.localdomain:{}", sink.address.port())).unwrap();
    let sent = Mailer::new(FROM, &server, None).unwrap().send(&letter("a"), "ann@example.org");
    assert!(sent.is_err());
    assert!(sink.taken().is_empty());
}
