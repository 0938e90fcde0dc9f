//! A local hub with one model that responds like the real one, or misbehaves.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How a file's content is sent the next time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Body {
    /// The connection closes after this many bytes.
    CutAfter(usize),
    /// A little at a time.
    Slow,
    /// The connection stalls after this many bytes, until [`Server::release`].
    StallAfter(usize),
    /// All of it, ignoring the requested range.
    Deaf,
    /// Not at all.
    Refused,
}

struct State {
    address: SocketAddr,
    files: HashMap<String, Vec<u8>>,
    next: Mutex<HashMap<String, Body>>,
    requests: Mutex<Vec<(String, Option<usize>)>>,
    /// Headers that carry a token.
    tokens: Mutex<Vec<String>>,
    release: AtomicU64,
}

/// Runs until the tests end.
pub struct Server(Arc<State>);

impl Server {
    /// A hub that has these files.
    pub fn start(files: &[(&str, &[u8])]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let files = files.iter().map(|(name, bytes)| ((*name).to_string(), bytes.to_vec())).collect();
        let state = Arc::new(State {
            address: listener.local_addr().unwrap(),
            files,
            next: Mutex::default(),
            requests: Mutex::default(),
            tokens: Mutex::default(),
            release: AtomicU64::new(0),
        });
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = shared.clone();
                // A client that disconnects is not the hub's fault.
                std::thread::spawn(move || drop(state.answer(stream)));
            }
        });
        Self(state)
    }

    pub fn address(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// The files requested, each with the first byte of its range; `Some(0)` also for requests of the size only.
    pub fn requests(&self) -> Vec<(String, Option<usize>)> {
        self.0.requests.lock().unwrap().clone()
    }

    /// Headers with a token among all requests.
    pub fn tokens(&self) -> Vec<String> {
        self.0.tokens.lock().unwrap().clone()
    }

    /// Sends the next content of a file like this.
    pub fn answer_once(&self, file: &str, body: Body) {
        self.0.next.lock().unwrap().insert(file.to_string(), body);
    }

    /// Closes the stalled connections.
    pub fn release(&self) {
        self.0.release.fetch_add(1, Ordering::SeqCst);
    }
}

impl State {
    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        let request = lines.next().transpose()?.unwrap_or_default();
        let mut range = None;
        for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
            if line.to_ascii_lowercase().starts_with("authorization") {
                self.tokens.lock().unwrap().push(line.clone());
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
                let (from, to) = value.split_once('-').unwrap_or((value, ""));
                range = Some((from.parse::<usize>().unwrap_or(0), to.parse::<usize>().ok()));
            }
        }
        let path = request.split(' ').nth(1).unwrap_or_default().to_string();
        let file = path.rsplit('/').next().unwrap_or_default().to_string();
        self.requests.lock().unwrap().push((file.clone(), range.map(|(from, _)| from)));
        let size_only = matches!(range, Some((_, Some(_))));
        let is_refused = self.next.lock().unwrap().get(&file) == Some(&Body::Refused);
        let Some(content) = self.files.get(&file).filter(|_| !is_refused) else {
            let status = if is_refused { "401 Unauthorized" } else { "404 Not Found" };
            return write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        };
        let about = format!("X-Repo-Commit: 0123abcd\r\nETag: \"etag-of-{}\"\r\n", &file[..5]);
        // Large files are redirected elsewhere, small ones within the hub.
        let (is_large, is_first) = (content.len() > 10_000, path.contains("/resolve/main/"));
        if is_first {
            let to = if is_large { format!("http://{}/cdn/{file}", self.address) } else { format!("/moved/{file}") };
            let linked = if is_large { "X-Linked-ETag: \"etag-of-model\"\r\n" } else { "" };
            return write!(
                stream,
                "HTTP/1.1 302 Found\r\n{about}{linked}Location: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
        let body = if size_only { None } else { self.next.lock().unwrap().remove(&file) };
        let (from, to) = range.map_or((0, None), |range| range);
        let from = if body == Some(Body::Deaf) { 0 } else { from };
        let to = to.map_or(content.len(), |to| (to + 1).min(content.len()));
        if from >= to {
            return write!(stream, "HTTP/1.1 416 Range\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
        let range = format!("Content-Range: bytes {from}-{}/{}\r\n", to - 1, content.len());
        let status = if body == Some(Body::Deaf) { "200 OK" } else { "206 Partial Content" };
        let length = to - from;
        write!(stream, "HTTP/1.1 {status}\r\n{about}{range}Content-Length: {length}\r\nConnection: close\r\n\r\n")?;
        self.send(&mut stream, &content[from..to], body)
    }

    fn send(&self, stream: &mut TcpStream, content: &[u8], body: Option<Body>) -> std::io::Result<()> {
        match body {
            Some(Body::CutAfter(bytes)) => stream.write_all(&content[..bytes.min(content.len())]),
            Some(Body::StallAfter(bytes)) => {
                let before = self.release.load(Ordering::SeqCst);
                stream.write_all(&content[..bytes.min(content.len())])?;
                while self.release.load(Ordering::SeqCst) == before {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Ok(())
            }
            Some(Body::Slow) => content.chunks(50_000).try_for_each(|chunk| {
                std::thread::sleep(Duration::from_millis(20));
                stream.write_all(chunk)
            }),
            _ => stream.write_all(content),
        }
    }
}
