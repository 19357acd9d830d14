//! Spans of a server, as a collector of OpenTelemetry gets them.

use crate::process::{ran, signal, wait_for};
use crate::served::token_of;
use crate::serving::{ACME, Caller};
use crate::world::World;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

/// Whoever asks says that they are in the middle of this.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// A collector on this machine. It goes on until the process ends.
#[derive(Clone, Default)]
struct Collected(Arc<Mutex<Vec<ExportTraceServiceRequest>>>);

impl Collected {
    fn at(listener: TcpListener) -> Self {
        let collected = Self::default();
        let into = collected.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Who hangs up in the middle sends it again.
                let _ = into.take(stream);
            }
        });
        collected
    }

    fn take(&self, stream: TcpStream) -> Option<()> {
        let mut out = stream.try_clone().ok()?;
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while reader.read_line(&mut head).ok()? > 2 {}
        assert!(head.starts_with("POST /v1/traces "), "{head}");
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        self.0.lock().unwrap().push(ExportTraceServiceRequest::decode(body.as_slice()).unwrap());
        out.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").ok()
    }

    /// The names that services gave themselves.
    fn services(&self) -> Vec<String> {
        let all = self.0.lock().unwrap();
        let resources = all.iter().flat_map(|one| &one.resource_spans).filter_map(|one| one.resource.as_ref());
        let names = resources.flat_map(|one| &one.attributes).filter(|one| one.key == "service.name");
        names.map(|one| format!("{:?}", one.value)).collect()
    }

    fn spans(&self) -> Vec<Span> {
        let all = self.0.lock().unwrap();
        let scopes = all.iter().flat_map(|one| &one.resource_spans).flat_map(|one| &one.scope_spans);
        scopes.flat_map(|one| one.spans.clone()).collect()
    }
}

fn begun(world: &World, address: &str) -> (Child, Caller) {
    let data = world.path("data");
    fs::create_dir_all(&data).unwrap();
    let mut serve = world.command_in(&world.repo(), &["serve", "--json", "--listen", "127.0.0.1:0", "--data"]);
    let log = fs::File::create(world.path("log")).unwrap();
    serve.arg(&data).env("OTEL_EXPORTER_OTLP_ENDPOINT", address).env("OTEL_SERVICE_NAME", "shop");
    serve.env("OTEL_BSP_SCHEDULE_DELAY", "50").stdout(Stdio::piped()).stderr(log);
    let mut server = serve.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let caller = Caller::at(said["address"].as_str().unwrap(), &token_of(&data, "root"));
    (server, caller)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name} in {spans:?}"))
}

#[test]
fn a_request_its_operation_and_the_job_it_queued_are_told_together() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let collected = Collected::at(listener);
    let (server, caller) = begun(&world, &address);
    let traceparent = format!("00-{TRACE}-{PARENT}-01");
    let headers = [("traceparent", traceparent.as_str()), ("prefer", "respond-async")];
    let asked = json!({"changes": {"keys": ["US-1"]}, "to": "SIT", "options": {"deploy": "defaults"}});
    let answer = caller.post(&format!("{ACME}/promotions"), &headers, &asked);
    assert!(answer.status < 300, "{}", answer.body);
    assert_eq!(caller.get("/healthz").status, 200);
    wait_for("the file", || world.area("sit-web").join("web/a").exists());
    // A server that ends sends what is left.
    signal(&server, "TERM");
    assert_eq!(ran(server).exit, Some(0));
    let spans = collected.spans();
    let request = named(&spans, "POST /api/v1/pipelines/{pipeline}/promotions");
    assert_eq!((hex(&request.trace_id), hex(&request.parent_span_id)), (TRACE.to_owned(), PARENT.to_owned()));
    let operation = spans.iter().find(|span| span.name == "operation" && span.trace_id == request.trace_id).unwrap();
    assert_eq!(operation.parent_span_id, request.span_id);
    let job = spans.iter().find(|span| span.name == "job").unwrap();
    assert_ne!(job.trace_id, request.trace_id, "a job is work of its own");
    assert_eq!(job.links.len(), 1, "{job:?}");
    assert_eq!((&job.links[0].trace_id, &job.links[0].span_id), (&operation.trace_id, &operation.span_id));
    assert!(spans.iter().all(|span| !span.name.contains("healthz")), "nobody wants to read who asked whether it lives");
    assert!(collected.services().iter().all(|name| name.contains("\"shop\"")), "{:?}", collected.services());
    let log = fs::read_to_string(world.path("log")).unwrap();
    assert!(!log.contains("otel."), "what is for collectors alone stands in no line: {log}");
}

#[test]
fn a_collector_that_is_away_is_said_once_and_holds_up_nothing() {
    let world = World::three_stages();
    let place = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (server, caller) = begun(&world, &format!("http://{place}"));
    let log = || fs::read_to_string(world.path("log")).unwrap();
    let ask = || assert_eq!(caller.get(&format!("{ACME}/status")).status, 200);
    ask();
    wait_for("a line", || log().contains("the collector takes no spans"));
    for _ in 0..5 {
        ask();
        thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(log().matches("the collector takes no spans").count(), 1, "{}", log());
    let collected = Collected::at(TcpListener::bind(place).unwrap());
    wait_for("the collector", || {
        ask();
        !collected.spans().is_empty()
    });
    wait_for("a line", || log().contains("the collector takes spans again"));
    signal(&server, "TERM");
    assert_eq!(ran(server).exit, Some(0));
}

#[test]
fn an_address_that_is_none_is_told_before_anything_is_served() {
    let world = World::three_stages();
    let data = world.path("data");
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("server.toml"), "[telemetry]\nendpoint = \"collector\"\n").unwrap();
    let serve = |surroundings: &[(&str, &str)]| {
        let mut command = world.command_in(&world.repo(), &["serve", "--json", "--listen", "127.0.0.1:0", "--data"]);
        let output = command.arg(&data).envs(surroundings.iter().copied()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
    };
    let (exit, said) = serve(&[]);
    assert!(exit == Some(2) && said.contains("`collector` is no address of a collector"), "{exit:?} {said}");
    fs::remove_file(data.join("server.toml")).unwrap();
    let (exit, said) = serve(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "not an address")]);
    assert!(exit == Some(1) && said.contains("collector-unusable"), "{exit:?} {said}");
}
