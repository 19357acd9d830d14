//! A bare route: the same framework and runtime as the server's, and nothing in between. In a process of its own, so that
//! it shares no more with the load than the server does.

use std::path::Path;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::get;

/// The first argument that turns this program into a bare server.
pub const WORD: &str = "bare";

/// Says where it listens, and returns the bytes of a file to whoever asks, whatever they bring.
pub fn run_as_server(arguments: &[String]) {
    let [file] = arguments else { panic!("bare FILE") };
    let bytes = axum::body::Bytes::from(std::fs::read(Path::new(file)).expect("the answer"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let answer = move || {
            let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            std::future::ready(([json], bytes.clone()))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        println!("http://{}", listener.local_addr().expect("its address"));
        axum::serve(listener, Router::new().route("/{*any}", get(answer))).await.expect("it serves");
    });
}
