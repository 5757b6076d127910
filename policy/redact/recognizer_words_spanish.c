/* Spanish words that are hardly a name, and what some of them announce. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abroad.h"

#define W ABROAD_WORD
#define T (ABROAD_WORD | ABROAD_TOPIC)

/* Small letters without accents. */
static const struct word_line lines[] = {
	/* questions and requests */
	{W | ABROAD_ASK, 0, 0, 0,
	 "que cual cuales quien quienes cuando donde adonde como cuanto "
	 "da dar das dame deme dime digame diga dice dices facilita facilite "
	 "facilitar facilitarme indica indique indicar indicarme confirma "
	 "confirme confirmar confirmarme brinda brinde brindar regala regale "
	 "pasa pasas pase pasar proporciona proporcione proporcionar "
	 "podria podrias puede puedes necesito necesitamos permite permiteme "
	 "permitame deletrea deletree deletrear repite repita repetir favor "
	 "comparta comparte envie ayudame ayudeme tiene tienes presta presteme "
	 "llamas llama"},
	/* what is asked for */
	{T, 0, TOPIC_NAME, 0,
	 "nombre nombres apellido apellidos llamas titular nombrecompleto"},
	{T, 0, TOPIC_PHONE, 0,
	 "telefono tlf tfno telf movil celular cel whatsapp telefonico "
	 "contacto fijo"},
	{T, 0, TOPIC_BIRTH, 0,
	 "nacimiento nacio nacido nacida naci cumpleanos nac"},
	{T, 0, TOPIC_ADDRESS, 0,
	 "direccion domicilio vive vives vivo calle direcion"},
	{T, 0, TOPIC_CITY, 0,
	 "ciudad poblacion localidad municipio barrio pueblo colonia"},
	{T, 0, TOPIC_ZIP, 0, "postal cp"},
	{T, 0, TOPIC_EMAIL, 0, "correo email mail"},
	{T, 0, TOPIC_ACCOUNT, 0, "cuenta"},
	{T, 0, TOPIC_IBAN, 0, "iban"},
	{T, 0, TOPIC_CARD, 0, "tarjeta"},
	{T, 0, TOPIC_PIN, 0, "pin"},
	{T, 0, TOPIC_LAST4, 0,
	 "ultimos ultimas ultimo terminada termina digitos cifras"},
	{T, 0, TOPIC_ORDER, 0, "pedido orden guia seguimiento rastreo compra"},
	{T, 0, TOPIC_CONFIRMATION, 0, "localizador reserva reservacion"},
	{T, 0, TOPIC_POLICY, 0, "poliza"},
	{T, 0, TOPIC_CLAIM, 0, "siniestro"},
	{T, 0, TOPIC_CUSTOMER, 0, "contrato abonado socio suministro cups"},
	{T, 0, TOPIC_PASSPORT, 0, "pasaporte"},
	{T, 0, TOPIC_MEDICAL, 0, "afiliado afiliacion historia expediente"},
	{T, 0, TOPIC_PLATE, 0, "matricula placa placas patente"},
	{T, 0, TOPIC_ID, 0,
	 "numero num nro codigo dni nie nif cedula documento curp rfc rut "
	 "identificacion referencia ticket factura folio incidencia caso"},
	{T, 0, TOPIC_SECRET, 0, "contrasena clave"},
	{T, 0, TOPIC_ITEM, 0,
	 "ano contador lectura medidor error modelo talla numerodezapato "
	 "importe "
	 "precio habitacion vuelo edad version cantidad"},
	/* cues */
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_NAME,
	 "llamo atiende habla saluda llama apellido"},
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_AM, "soy"},
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_TITLE,
	 "senor senora senorita sr sra srta don dona doctor doctora dr dra "
	 "profesor profesora licenciado licenciada lic ingeniero ing padre "
	 "sor"},
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_KIN,
	 "hijo hija esposo esposa marido mujer hermano hermana madre papa "
	 "mama abuelo abuela tio tia primo prima sobrino sobrina nieto nieta "
	 "novio novia suegro suegra cunado cunada amigo amiga vecino vecina "
	 "jefe jefa companero companera socio socia casero casera asistente "
	 "secretaria inquilino inquilina nino nina bebe pareja yerno nuera "
	 "padrino madrina tutor"},
	{ABROAD_PARTICLE | W, 0, 0, 0, "de del la las los da di san"},
	/* dates */
	{W | ABROAD_MONTH, 1, 0, 0, "enero"},
	{W | ABROAD_MONTH, 2, 0, 0, "febrero"},
	{W | ABROAD_MONTH, 3, 0, 0, "marzo"},
	{W | ABROAD_MONTH, 4, 0, 0, "abril"},
	{W | ABROAD_MONTH, 5, 0, 0, "mayo"},
	{W | ABROAD_MONTH, 6, 0, 0, "junio"},
	{W | ABROAD_MONTH, 7, 0, 0, "julio"},
	{W | ABROAD_MONTH, 8, 0, 0, "agosto"},
	{W | ABROAD_MONTH, 9, 0, 0, "septiembre setiembre"},
	{W | ABROAD_MONTH, 10, 0, 0, "octubre"},
	{W | ABROAD_MONTH, 11, 0, 0, "noviembre"},
	{W | ABROAD_MONTH, 12, 0, 0, "diciembre"},
	{W | ABROAD_ORDINAL, 1, 0, 0, "primero"},
	{W | ABROAD_JOINT, 0, 0, 0, "de del ano mes"},
	{W | ABROAD_TIMES, 0, 0, 0, "doble triple guion barra"},
	{W | ABROAD_LETTER, 0, 0, 0,
	 "be ce de efe ge hache jota ka ele eme ene pe cu erre ere ese te uve "
	 "ve equis ye zeta"},
	{W | ABROAD_UNIT, 0, 0, 0,
	 "euros euro pesos peso dolares dolar soles centimos centavos "
	 "kilos kilo gramos litros metros kilometros minutos minuto hora horas "
	 "dia dias semana semanas meses anos veces grados porciento personas "
	 "noches habitaciones mil millones millon lineas maletas puntos"},
	/* words */
	{W, 0, 0, 0,
	 "yo tu el ella usted nosotros nosotras vosotros ellos ellas ustedes "
	 "me te se nos os lo la los las le les mi mis tus su sus nuestro "
	 "nuestra nuestros nuestras mio mia suyo suya un una unos unas uno "
	 "este esta esto estos estas ese esa eso esos esas aquel aquella "
	 "aquello a al ante bajo con contra de del desde durante en entre "
	 "hacia hasta para por segun sin sobre tras y e o u ni pero sino "
	 "aunque porque pues si no ya tambien tampoco muy mas menos mucho "
	 "mucha muchos muchas poco poca pocos pocas todo toda todos todas "
	 "algo nada alguien nadie alguno alguna ninguno ninguna otro otra "
	 "otros otras mismo misma cada cualquier tan tanto tanta aqui ahi "
	 "alli alla aca hoy ayer manana ahora ahorita luego despues antes "
	 "siempre nunca jamas todavia aun casi solo solamente bien mal mejor "
	 "peor asi entonces ademas quizas talvez acaso claro vale bueno "
	 "buena buenos buenas dia dias tarde tardes noche noches hola adios "
	 "gracias perdon perdone disculpe disculpa permiso saludos verdad "
	 "cierto correcto exacto perfecto listo okay ok eh ah oh uy ay aja "
	 "mmm em este lunes martes miercoles jueves viernes sabado domingo "
	 "mediodia madrugada cuanta cuantos cuantas cuyo"},
	{W, 0, 0, 0,
	 "ser es son era eran fue fueron sea seria soy eres somos sido siendo "
	 "estar estoy estas esta estamos estan estaba estaban estuvo este "
	 "estado haber he has ha hemos han hay habia hubo haya tener tengo "
	 "tenemos tienen tenia tuve tuvo tenga teneis hacer hago hace "
	 "haces hacemos hacen hacia hice hizo haga hecho ir voy vas va vamos "
	 "van iba fui ido vaya poder puedo podemos pueden podia pude pudo "
	 "pueda querer quiero quieres quiere queremos quieren queria quise "
	 "quisiera decir digo decimos dicen decia dije dijo dicho ver veo "
	 "ves ve vemos ven veia vi vio visto saber se sabe sabes saben sabia "
	 "supe deber debo debe deben debia poner pongo pone ponen puse puso "
	 "puesto venir vengo viene vienen vino venido salir salgo sale salen "
	 "salio llegar llego llega llegan llegado pasar paso pasado dejar "
	 "dejo deja dejado llamar llaman llamado llame llamamos llamaron "
	 "hablar hablo hablan hablado hablando esperar espero espera espere "
	 "esperando buscar busco busca comprar compre compro comprado pagar "
	 "pago paga pague pagado cobrar cobro cobran cobrado cobraron costar "
	 "cuesta cuestan costo devolver devuelve devuelven devolucion cambiar "
	 "cambio cambia cambie cambiado mandar mando mandan mandaron enviar "
	 "envio envian enviado recibir recibo recibi recibido funcionar "
	 "funciona funcionan ayudar ayudo ayuda ayudarle ayudarte poderle "
	 "abrir abro abre cerrar cierra cierran perder perdi perdido perdio "
	 "reservar reservo reserve reservado cancelar cancelo cancele "
	 "cancelado activar activo active desactivar bloquear bloqueada "
	 "bloqueado revisar reviso revisamos revisando verificar verifico "
	 "comprobar compruebo apuntar apunto anotar anoto escribir escribo "
	 "escriba leer leo entender entiendo entendido comprender comprendo "
	 "creer creo cree pensar pienso recordar recuerdo recuerda olvidar "
	 "olvide olvidado quedar queda quedan quedado gustar gusta gustaria "
	 "gusto parecer parece faltar falta faltan seguir sigo sigue siga "
	 "terminar termino empezar empieza empezo usar uso usa volver vuelvo "
	 "vuelve vuelva viajar viajo viaja trabajar trabajo trabaja vivir "
	 "vivimos viven sentir siento siente gracioso tomar tomo toma tome "
	 "traer traigo trae llevar llevo lleva lleve sacar saco saca entrar "
	 "entro entra conectar conecta conectado reiniciar reinicio reinicie "
	 "encender apagar tocar toca marca marcar mira mire oye oiga demora "
	 "tarda tardan firmar firma solicitar solicito solicita desea deseo "
	 "deseaba agradezco tramitar avisar aviso atender interesa atiendo"},
	{W, 0, 0, 0,
	 "casa piso apartamento departamento edificio puerta escalera portal "
	 "planta bajo izquierda derecha derecho izquierdo cocina bano agua "
	 "luz gas caldera calefaccion aire averia frio calor fuga ruido "
	 "alquiler "
	 "fianza renta contrato factura recibo pago deuda dinero banco oficina "
	 "sucursal tienda centro comercial mercado farmacia hospital clinica "
	 "consulta cita medico medica enfermera enfermero paciente receta "
	 "medicamento pastillas dolor fiebre tos cabeza estomago espalda "
	 "sangre analisis seguro seguros sociedad medica coche carro auto "
	 "moto taller accidente golpe semaforo carretera avion aeropuerto "
	 "vuelo maleta equipaje asiento ventana pasillo fila pasajero "
	 "pasajeros viaje billete boleto hotel cama desayuno cena comida "
	 "almuerzo mesa restaurante habitacion llave recepcion internet wifi "
	 "modem router linea red senal cobertura datos megas fibra tele "
	 "television televisor pantalla computadora ordenador portatil "
	 "impresora aplicacion pagina web enlace usuario perfil mensaje "
	 "mensajes llamada llamadas paquete envios entrega repartidor almacen "
	 "zapatos zapato ropa camisa pantalon vestido chaqueta color negro "
	 "negra blanco azul verde roja gris marron grande grandes pequeno "
	 "pequena pequenos nuevo nueva nuevos nuevas viejo vieja primer "
	 "primera segundo segunda tercero tercera cuarto cuarta quinto ultima "
	 "proximo proxima siguiente anterior completo completa libre ocupado "
	 "roto rota abierto cerrado gratis caro cara barato barata rapido "
	 "lento facil dificil importante urgente posible imposible necesario "
	 "seguro segura contento contenta feliz triste enfadado enfadada "
	 "molesto molesta enojado enojada cansado cansada enfermo enferma "
	 "embarazada alergico alergica casado casada soltero soltera amable "
	 "bonito bonita problema problemas error errores solucion motivo razon "
	 "queja reclamacion reclamo consulta pregunta respuesta informacion "
	 "servicio atencion cliente clientes clienta gente persona senores "
	 "companeros tecnico tecnica encargado encargada responsable equipo "
	 "empresa compania trabajo familia ninos hijos padres amigos tiempo "
	 "momento momentito segundos rato vez fecha mes semana ano inicio "
	 "fin final principio lado parte cosa cosas tipo forma nivel lugar "
	 "sitio zona mundo pais espana mexico joven caballero madam "
	 "bienvenido bienvenida nacionalidad plan tarifa oferta descuento "
	 "promocion comision interes nomina transferencia movimiento saldo "
	 "cargo ticket garantia reembolso cafetera lavadora nevera boton "
	 "vecinos vecindad entrada salida mitad medio media cuarto opcion "
	 "placer servirle orden ordenes bendiciones cordial corresponde "
	 "vocal numeros letras letra mayuscula minuscula arroba punto coma "
	 "raya espacio musica bono bonos clase clases norte sur oeste mirador "
	 "horario precio "
	 "explico explica sera seran unos mueve mueva guia "
	 "conduce conducia guardas guarda apunta fijo estoy vendo vende  dos "
	 "tres cuatro cinco seis siete ocho nueve diez"},
	/* names too */
	{ABROAD_ALSO, 0, 0, 0,
	 "pilar luz sol rosa paz cruz reyes flores campos rios torres blanco "
	 "rojo moreno delgado nieves mercedes dolores consuelo esperanza "
	 "rosario amparo soledad remedios milagros angeles pastor guerra "
	 "marin abril julio domingo leon bravo rubio calvo cabello santos "
	 "iglesias castillo rey luna salud gracia concepcion mar carmen "
	 "victoria gloria fe santa franco bueno caro rico mayo casas prado "
	 "martin lopez segura seguro hermano manana cuenca llave madrid ramos "
	 "vega rivera san jesus angel marina clemente justo maximo modesto"},
};

const struct word_line *abroad_words_spanish(size_t *n)
{
	*n = ARRAY_LEN(lines);
	return lines;
}
