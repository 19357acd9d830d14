//! Houses are opened once, and nobody waits for another's.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use switchback_api::Failure;
use switchback_core::ledger::snapshot::Actor;
use switchback_engine::house::House;
use switchback_engine::visit::Visit;
use switchback_server::entrance::{Beginning, Begun, Entrance, Keeper};

/// Opens nothing, and takes until somebody lets it go for a pipeline called `slow`.
struct Slow {
    begun: Mutex<Sender<()>>,
    goes: Mutex<Receiver<()>>,
}

impl Keeper for Slow {
    fn open(&self, pipeline: Option<&str>) -> Result<House, Failure> {
        if pipeline == Some("slow") {
            self.begun.lock().unwrap().send(()).unwrap();
            self.goes.lock().unwrap().recv().unwrap();
        }
        Err(Failure::usage(format!("{pipeline:?} was tried")))
    }

    fn principal(&self, _named: Option<&str>) -> Result<Actor, Failure> {
        Err(Failure::usage("nobody comes"))
    }

    fn only(&self) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    fn begin(&self, _visit: &Visit, _beginning: Beginning<'_>) -> Result<Begun, Failure> {
        Err(Failure::usage("nothing begins"))
    }
}

#[test]
fn a_house_that_takes_long_to_open_holds_up_nobody_who_comes_to_another() {
    let ((begun, has_begun), (go, goes)) = (channel(), channel());
    let entrance = Entrance::through(Arc::new(Slow { begun: Mutex::new(begun), goes: Mutex::new(goes) }));
    thread::scope(|scope| {
        let slow = scope.spawn(|| entrance.house(Some("slow")).err());
        has_begun.recv().unwrap();
        assert!(entrance.house(Some("quick")).is_err(), "it was tried while the other was");
        go.send(()).unwrap();
        assert!(slow.join().unwrap().is_some());
    });
    // What could not be opened is tried anew.
    go.send(()).unwrap();
    assert!(entrance.house(Some("slow")).is_err());
    has_begun.recv().unwrap();
}
